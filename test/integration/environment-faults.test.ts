import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { JobView } from '#contract'
import { environmentId, Recipe } from '../../main/core/env/recipe'
import { copyApp, launchpad, writeSettings } from '../support/app-copy'
import { originalPath, withUv } from '../support/engines'
import { openRoom } from '../support/environments'
import { openIndex, plain, type PackageIndex } from '../support/package-index'

/** An index that misbehaves as mirrors do, and a program that is killed: what is made in the end is whole. */
const recipe = Recipe.parse({
  id: 'loopback',
  tested: 'here',
  pythons: ['3.11', '3.12', '3.13'],
  packages: ['lp-alpha==1.0', 'lp-gamma==1.0'],
  constraints: [],
  sources: ['lp-gamma'],
  torchIndex: null,
  modules: ['lp_alpha', 'lp_beta', 'lp_gamma'],
  diskBytes: 1_000_000,
})
let index: PackageIndex

beforeEach(async () => {
  withUv()
  index = await openIndex()
})
afterEach(async () => {
  await index.close()
  process.env['PATH'] = originalPath
})

async function make(): Promise<JobView> {
  const room = await openRoom(mkdtempSync(join(tmpdir(), 'launchpad 镜像 ')), { packageIndex: index.address })
  try {
    return await room.make(recipe)
  } finally {
    await room.close()
  }
}

describe('an index', () => {
  it('that is overloaded for a moment is asked again', async () => {
    index.answer('lp_alpha', (request, response, content, count) =>
      count === 1 && request.method === 'GET'
        ? response.writeHead(503).end()
        : plain(request, response, content, count),
    )
    expect((await make()).error).toBeNull()
  })

  it('that breaks a file off in the middle is asked for the rest alone', async () => {
    const ranges: (string | undefined)[] = []
    index.answer('lp_beta', (request, response, content, count) => {
      if (request.headers.range?.startsWith('bytes=0') !== true && request.method === 'GET')
        ranges.push(request.headers.range)
      if (count !== 1 || request.method !== 'GET') return plain(request, response, content, count)
      response.writeHead(200, { 'content-length': content.length })
      // What was sent has to be read before the end comes: a reset overtakes it.
      response.write(content.subarray(0, 100_000), () => void setTimeout(200).then(() => response.destroy()))
    })
    expect((await make()).error).toBeNull()
    expect(ranges).toContain('bytes=100000-')
  })

  it('without the file says which, and that a mirror may lack it', async () => {
    index.answer('lp_beta', (_request, response) => response.writeHead(404).end())
    expect((await make()).error).toMatchObject({ code: 'FILE_NOT_OFFERED', params: { status: 404 } })
  })

  it('that serves other bytes than it promises is not believed', async () => {
    index.answer('lp_beta', (request, response, content, count) =>
      plain(request, response, Buffer.from(content).fill(7, 1000, 2000), count),
    )
    expect((await make()).error).toMatchObject({ code: 'DIGEST_MISMATCH' })
  })

  it('that sends to another host is followed there, and the digest still holds', async () => {
    const other = await openIndex()
    try {
      index.answer('lp_alpha', (request, response) => {
        const path = new URL(request.url ?? '/', other.address).pathname
        response.writeHead(302, { location: new URL(path, other.address).href }).end()
      })
      expect((await make()).error).toBeNull()
      expect([...other.sent.keys()]).toContain('lp_alpha-1.0-py3-none-any.whl')
    } finally {
      await other.close()
    }
  })
})

it(
  'killed after every line of the journal, it goes on and fetches at most the file in flight again',
  { timeout: 300_000 },
  async () => {
    const home = copyApp(recipe)
    const root = mkdtempSync(join(tmpdir(), 'launchpad tué 断电 '))
    writeSettings(root, { packageIndex: index.address })
    const journal = join(root, 'jobs', 'journal.jsonl')
    const lines = () => (existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').length - 1 : 0)
    let killed = 0
    while (killed < 20) {
      const before = lines()
      const { child, ended } = launchpad(home, 'env', 'make', recipe.id, '--root', root)
      let over = false
      void ended.then(() => (over = true))
      while (!over && lines() === before) await setTimeout(2)
      child.kill('SIGKILL')
      const code = await ended
      if (code === 0) break
      expect(code, 'it is killed, it does not fail').toBeNull()
      killed++
    }
    expect(killed).toBeGreaterThanOrEqual(5)
    const room = await openRoom(root)
    expect(room.projection.read().environments[environmentId(recipe)]).toMatchObject({ status: 'ready' })
    await room.close()
    const once = new Map([...index.sizes].filter(([name]) => index.sent.has(name)))
    const again = [...index.sent].filter(([name, bytes]) => bytes > (once.get(name) ?? 0))
    expect(again.length, JSON.stringify([...index.sent])).toBeLessThanOrEqual(1)
  },
)
