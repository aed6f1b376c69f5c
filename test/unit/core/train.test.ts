import { appendFile, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readMetrics, readText } from '../../../main/core/train/read-log'
import { runStatus, type RunFacts } from '../../../main/core/train/status'

const state = { phase: 'running' as const }
const exit = { code: 0, signal: null, stopped: null, endedAt: 5, error: null, oom: null, diskFreeBytes: null }
const facts = (part: Partial<RunFacts>): RunFacts => ({
  createdAt: 0,
  now: 1_000,
  state: null,
  exit: null,
  alive: false,
  queued: false,
  ...part,
})

describe('status of a run, from its files', () => {
  it.each([
    ['starting', facts({})],
    ['queued', facts({ queued: true, now: 60_000 })],
    ['lost', facts({ now: 60_000 })],
    ['starting', facts({ state: { ...state, phase: 'starting' }, alive: true })],
    ['running', facts({ state, alive: true })],
    ['stopping', facts({ state: { ...state, phase: 'stopping' }, alive: true })],
    ['lost', facts({ state, alive: false })],
    ['finished', facts({ state, exit })],
    ['failed', facts({ state, exit: { ...exit, code: 1 } })],
    ['failed', facts({ state, exit: { ...exit, code: null } })],
    ['stopped', facts({ state, exit: { ...exit, code: 130, stopped: 'interrupt' } })],
  ])('%s', (expected, given) => {
    expect(runStatus(given)).toBe(expected)
  })
})

describe('reading a log by offset', () => {
  it('gives back every character, however the pieces fall', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'launchpad-')), 'raw.log')
    const text = '训练 step:1 – \u001b[32m奖励\u001b[0m 0.5 🎉\r\n'.repeat(20)
    await writeFile(file, text)
    for (const max of [1, 2, 3, 4, 5, 7, 64, 1000]) {
      let read = ''
      for (let from = 0; ;) {
        const chunk = await readText(file, from, Math.max(max, 4))
        if (chunk.next === from) break
        expect(chunk.text).not.toContain('\uFFFD')
        read += chunk.text
        from = chunk.next
      }
      expect(read).toBe(text)
    }
  })

  it('shows bytes that are no text as replacement characters and goes on', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'launchpad-')), 'raw.log')
    await writeFile(file, Buffer.from([0x61, 0xff, 0xfe, 0x80, 0x80, 0x80, 0x80, 0x80, 0x62]))
    let read = ''
    let from = 0
    for (let piece = 0; piece < 20 && from < 9; piece++) {
      const chunk = await readText(file, from, 4)
      read += chunk.text
      from = chunk.next
    }
    expect(from).toBe(9)
    expect(read.startsWith('a') && read.endsWith('b')).toBe(true)
  })

  it('of a file that is not there yet is empty, not an error', async () => {
    expect(await readText('/nowhere/raw.log', 0, 100)).toEqual({ from: 0, next: 0, size: 0, text: '' })
  })
})

describe('reading metrics', () => {
  it('takes whole lines only, and the rest when it is whole', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'launchpad-')), 'metrics.jsonl')
    await writeFile(file, '{"step":1,"data":{"a":0.5}}\n{"step":2,"da')
    const first = await readMetrics(file, 0)
    expect(first.points).toEqual([{ step: 1, data: { a: 0.5 } }])
    await appendFile(file, 'ta":{"a":1}}\n')
    expect((await readMetrics(file, first.next)).points).toEqual([{ step: 2, data: { a: 1 } }])
  })

  it('leaves out values that are no numbers (NaN of a run that diverged, texts) and keeps the step', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'launchpad-')), 'metrics.jsonl')
    await writeFile(file, '{"step":3,"data":{"loss":NaN,"kl":-Infinity,"reward":0.25,"note":"x"}}\nnot json\n')
    expect((await readMetrics(file, 0)).points).toEqual([{ step: 3, data: { reward: 0.25 } }])
  })
})
