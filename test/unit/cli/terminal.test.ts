import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { JobView, Preset, PresetProbe } from '#contract'
import { defaultSettings, errorCodes, stepIds } from '#contract'
import { bytes, duration, sparkline } from '../../../main/cli/format'
import { networkLines } from '../../../main/cli/network'
import { createProgressPrinter } from '../../../main/cli/progress'
import { reportLines } from '../../../main/cli/practice'
import { settingPatch } from '../../../main/cli/show'
import { createSay, sayError } from '../../../main/cli/words'
import { emptyProjection } from '../../support/empty-projection'

describe('numbers for people', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KB'],
    [190 * 2 ** 20, '190 MB'],
    [24 * 2 ** 30, '24.0 GB'],
  ])('%d bytes', (count, text) => {
    expect(bytes(count)).toBe(text)
  })
  it('durations and curves', () => {
    expect(duration(75_400)).toBe('1 min 15 s')
    expect(sparkline([0, 0.5, 1])).toBe('▁▅█')
    expect(sparkline([2, 2])).toBe('▁▁')
    expect(sparkline([])).toBe('')
  })
})

describe('words', () => {
  it('every code has a sentence in both languages, with its numbers written for people', async () => {
    for (const language of ['en', 'zh-CN'] as const) {
      const say = await createSay(language)
      for (const code of errorCodes) expect(sayError(say, { code, params: {} })).not.toBe(`errors.${code}`)
      for (const id of stepIds) expect(say(`steps.${id}`)).not.toBe(`steps.${id}`)
      expect(
        sayError(say, { code: 'DISK_FULL', params: { path: '/d', neededBytes: 3 * 2 ** 30, freeBytes: 2 ** 20 } }),
      ).toMatch(/3\.0 GB.*1\.0 MB/)
    }
  })
})

it('progress says each step once as it begins and ends, with honest counts in between', async () => {
  const lines: string[] = []
  const show = createProgressPrinter(await createSay('en'), (line) => lines.push(line))
  const step = { id: 'environment.fetch' as const, startedAt: 0, endedAt: null, findings: [] }
  const job = (part: Partial<JobView['steps'][number]>): JobView => ({
    id: 'j',
    asked: { kind: 'practice', steps: 20, data: null },
    status: 'running',
    startedAt: 0,
    endedAt: null,
    run: null,
    error: null,
    report: null,
    logBytes: 0,
    steps: [{ ...step, status: 'running', progress: null, ...part }],
  })
  show(job({}))
  show(
    job({ progress: { done: 2 ** 20, total: 4 * 2 ** 20, unit: 'bytes', rate: 2 ** 19, what: 'torch 2.13.0 (host)' } }),
  )
  show(job({ status: 'done', endedAt: 61_000 }))
  show(job({ status: 'done', endedAt: 61_000 }))
  expect(lines).toEqual([
    '[1/1] Download the packages',
    '      1.0 MB / 4.0 MB, 512 KB/s  torch 2.13.0 (host)',
    '[1/1] Download the packages: done (1 min 1 s)',
  ])
})

describe('settings by name', () => {
  it('become a patch', () => {
    expect(settingPatch('network.proxy', 'http://p:1')).toEqual({ network: { proxy: 'http://p:1' } })
    expect(settingPatch('language', 'zh-CN')).toEqual({ language: 'zh-CN' })
    expect(settingPatch('notify.kinds', 'crash,finished')).toEqual({ notify: { kinds: ['crash', 'finished'] } })
    expect(settingPatch('notify.quiet', '22:00-07:30')).toEqual({ notify: { quiet: { from: '22:00', to: '07:30' } } })
    expect(settingPatch('notify.quiet', '-')).toEqual({ notify: { quiet: null } })
    expect(() => settingPatch('notify.quiet', '25:00-07:30')).toThrow('BAD_INPUT')
    expect(settingPatch('network.caFile', '/etc/汉 字/ca.pem')).toEqual({ network: { caFile: '/etc/汉 字/ca.pem' } })
    expect(settingPatch('network.caFile', 'ca.pem')).toEqual({ network: { caFile: resolve('ca.pem') } })
    expect(settingPatch('network.condaChannels', 'https://m/c')).toEqual({ network: { condaChannels: 'https://m/c' } })
    expect(settingPatch('network.torchIndex', '-')).toEqual({ network: { torchIndex: null } })
  })
  it.each([
    ['colour', 'red'],
    ['theme', 'pink'],
    ['network.proxy', 'not an address'],
    ['network.proxy', 'file:///etc/passwd'],
    ['guide.step', 'done'],
  ])('%s = %s is refused', (name, value) => {
    expect(() => settingPatch(name, value)).toThrow()
  })
})

it('the network shows what is set, and how quick each preset is', async () => {
  const presets: Preset[] = [
    { id: 'official', name: 'Official', sources: [{ kind: 'packages', address: null }] },
    {
      id: 'near',
      name: 'Near',
      sources: [
        { kind: 'packages', address: 'https://m/simple' },
        { kind: 'conda', address: 'https://m/c' },
      ],
    },
  ]
  const network = { ...defaultSettings.network, packageIndex: 'https://m/simple', condaChannels: 'https://m/c' }
  const probe = { preset: 'near', name: 'Near', address: 'https://m/x', detail: null }
  const probes: PresetProbe[] = [
    { ...probe, kind: 'packages', latencyMs: 12 },
    { ...probe, kind: 'conda', latencyMs: null },
  ]
  const text = networkLines(network, presets, probes, await createSay('en')).join('\n')
  expect(text).toContain('network.condaChannels https://m/c')
  expect(text).toContain('*  near      Near      packages 12 ms; conda not reached')
  expect(text).toContain('   official  Official  packages')
  expect(text.indexOf('Near')).toBeLessThan(text.indexOf('Official'))
  expect(networkLines(network, presets, null, await createSay('zh-CN')).join('\n')).not.toMatch(/terminal\.|\{\{/)
})

it('the report says the same in both languages, with curves and every folder', async () => {
  const report = {
    steps: 3,
    rewards: [0, 0.5, 1],
    lengths: [10, 20, 30],
    run: 'r',
    runFolder: '/d/runs/r',
    environment: 'e',
    model: { path: '/d/models/m', parameters: 1_067_040 },
    data: { path: '/d/datasets/p', train: 400, test: 64, source: 'made' as const },
    seconds: 75,
  }
  const state = emptyProjection('/d')
  for (const language of ['en', 'zh-CN'] as const) {
    const text = reportLines(await createSay(language), state, report, 'http://127.0.0.1:1/').join('\n')
    for (const part of [
      '1 min 15 s',
      '1.07 M',
      '/d/models/m',
      '400',
      '▁▅█',
      '0.000 -> 1.000',
      '/d/runs/r',
      'http://127.0.0.1:1/',
    ]) {
      expect(text).toContain(part)
    }
    expect(text).not.toMatch(/terminal\.|\{\{/)
  }
})
