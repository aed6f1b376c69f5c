import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { defaultSettings, type ProjectionEvent } from '#contract'
import { digestOf, openJournal } from '../../../main/core/jobs/journal'
import { createProjection } from '../../../main/core/state/projection'
import { checkRoot, prepareRoot } from '../../../main/core/state/root'
import { openSettings } from '../../../main/core/state/settings'
import { emptyProjection } from '../../support/empty-projection'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'launchpad 状态 '))
})

const empty = emptyProjection()

describe('settings', () => {
  it('keep what was changed over a restart, and leave the rest as it was', async () => {
    const file = join(folder, 'settings.json')
    const settings = await openSettings(file, () => {})
    await settings.update({ theme: 'dark' })
    await settings.update({ network: { proxy: 'http://proxy:3128' } })
    const again = await openSettings(file, () => {})
    expect(again.read()).toEqual({
      ...defaultSettings,
      theme: 'dark',
      network: { ...defaultSettings.network, proxy: 'http://proxy:3128' },
    })
  })

  it('set a damaged file aside, say where, and go on with the defaults', async () => {
    const file = join(folder, 'settings.json')
    await writeFile(file, '{"version":1,"theme":')
    const findings: string[] = []
    const settings = await openSettings(file, ({ params }) => findings.push(String(params['setAside'])))
    expect(settings.read()).toEqual(defaultSettings)
    expect(await readFile(findings[0] ?? '', 'utf8')).toBe('{"version":1,"theme":')
  })

  it('are all on the disk after quick changes in a row', async () => {
    const file = join(folder, 'settings.json')
    const settings = await openSettings(file, () => {})
    await Promise.all([
      settings.update({ theme: 'dark' }),
      settings.update({ language: 'zh-CN' }),
      settings.update({ theme: 'light' }),
    ])
    expect((await openSettings(file, () => {})).read()).toMatchObject({ theme: 'light', language: 'zh-CN' })
    expect(await readdir(folder)).toEqual(['settings.json'])
  })
})

describe('projection', () => {
  it('gives a snapshot first and then changes numbered without a gap, the newest of each entry only', async () => {
    const store = createProjection(empty)
    const end = new AbortController()
    const events: ProjectionEvent[] = []
    const watching = (async () => {
      for await (const event of store.watch(end.signal)) {
        events.push(event)
        if (events.length === 3) end.abort()
      }
    })()
    for (let count = 0; count < 50; count++)
      store.apply({ topic: 'settings', value: { ...defaultSettings, theme: count % 2 === 0 ? 'dark' : 'light' } })
    await new Promise((resolve) => setTimeout(resolve, 250))
    store.apply({ topic: 'machine', value: null })
    await watching
    expect(events.map(({ kind, seq }) => [kind, seq])).toEqual([
      ['snapshot', 0],
      ['changes', 1],
      ['changes', 2],
    ])
    expect(events[1]).toMatchObject({ changes: [{ topic: 'settings', value: { theme: 'light' } }] })
  })
})

describe('journal', () => {
  it('remembers a finished step over a restart, and forgets a line that a crash cut short', async () => {
    const file = join(folder, 'journal.jsonl')
    const journal = await openJournal(file)
    await journal.record('env', 'create', 'abc')
    await writeFile(file, (await readFile(file, 'utf8')) + '{"subject":"env","step":"fet')
    const again = await openJournal(file)
    expect(again.finished('env', 'create')).toBe('abc')
    expect(again.finished('env', 'fetch')).toBeNull()
    await again.record('env', 'fetch', 'def')
    expect((await openJournal(file)).finished('env', 'fetch')).toBe('def')
  })

  it('digests the same inputs alike, whatever the order of their keys', () => {
    expect(digestOf({ a: 1, b: { c: [1, 2], d: null } })).toBe(digestOf({ b: { d: null, c: [1, 2] }, a: 1 }))
    expect(digestOf({ a: [1, 2] })).not.toBe(digestOf({ a: [2, 1] }))
  })
})

describe('data folder', () => {
  it('may be a new folder with spaces and Chinese characters in its name', async () => {
    const check = await checkRoot(join(folder, '数据 folder', 'deeper'))
    expect(check.problem).toBeNull()
    expect(check.freeBytes).toBeGreaterThan(0)
  })

  it('may be one of ours, but not a folder with files of others', async () => {
    await prepareRoot(join(folder, 'ours'))
    expect(await checkRoot(join(folder, 'ours'))).toMatchObject({ problem: null, existing: true })
    await writeFile(join(folder, 'letter.txt'), 'x')
    expect((await checkRoot(folder)).problem?.code).toBe('ROOT_UNUSABLE')
  })

  it('is refused when it is a file, not absolute, or cannot be written', async () => {
    await writeFile(join(folder, 'file'), 'x')
    expect((await checkRoot(join(folder, 'file'))).problem?.code).toBe('ROOT_UNUSABLE')
    expect((await checkRoot('relative/path')).problem?.code).toBe('ROOT_UNUSABLE')
    expect((await checkRoot('/dev/null/nowhere')).problem?.code).toBe('ROOT_UNUSABLE')
  })
})
