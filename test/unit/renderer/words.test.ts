import { describe, expect, it } from 'vitest'
import { PracticeInput } from '#contract'
import { words } from '#contract/locales'
import { clampSteps, DEFAULT_STEPS } from '../../../renderer/features/practice/wish'
import { amounts } from '../../../renderer/features/job/progress'
import { en } from '../../../renderer/i18n/en'
import { formatBytes, formatDuration, formatMemory } from '../../../renderer/i18n/format'
import { zhCN } from '../../../renderer/i18n/zh-CN'
import { hrefOf, parseRoute } from '../../../renderer/stores/route'

function flat(tree: object, path = ''): Map<string, string> {
  const out = new Map<string, string>()
  for (const [key, value] of Object.entries(tree) as [string, unknown][]) {
    if (typeof value === 'string') out.set(`${path}${key}`, value)
    else if (typeof value === 'object' && value !== null)
      for (const entry of flat(value, `${path}${key}.`)) out.set(...entry)
  }
  return out
}

const holes = (text: string) => [...text.matchAll(/\{\{\s*([^},]+)/g)].map(([, name]) => name?.trim()).sort()

describe('the two languages', () => {
  const pairs: [string, object, object][] = [
    ['the page', en, zhCN],
    ['the contract', words.en, words['zh-CN']],
  ]
  it.each(pairs)('of %s fill the same parameters', (_name, english, chinese) => {
    const other = flat(chinese)
    for (const [key, text] of flat(english)) {
      if (key.endsWith('_one')) continue
      expect(holes(other.get(key) ?? ''), key).toEqual(holes(text))
    }
  })

  it('keep Chinese punctuation full-width beside Chinese text', () => {
    for (const [key, text] of flat(zhCN))
      expect(text, key).not.toMatch(/[\u4e00-\u9fff][,;:?!]|[\u4e00-\u9fff]\.(?:\s|$)/)
  })
})

describe('numbers in words', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1200, '1.2 KB'],
    [999_600, '1 MB'],
    [1.62e9, '1.6 GB'],
    [412e6, '412 MB'],
  ])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes, 'en')).toBe(text))

  it('says memory in the units it is sold in', () => expect(formatMemory(24 * 1024 ** 3, 'en')).toBe('24 GiB'))

  it.each([
    [400, 'en', '0 s'],
    [61_000, 'en', '1 min 1 s'],
    [3_600_000, 'en', '1 h'],
    [90_061_000, 'en', '1 d 1 h'],
    [65_000, 'zh-CN', '1 分 5 秒'],
  ])('%d ms in %s are %s', (ms, language, text) => expect(formatDuration(ms, language)).toBe(text))
})

describe('progress', () => {
  it('never says more than is known', () => {
    const kinds = (progress: Parameters<typeof amounts>[0]) => amounts(progress).map(({ kind }) => kind)
    expect(kinds({ done: 5, total: null, unit: 'bytes', rate: null, what: null })).toEqual(['done'])
    expect(kinds({ done: 5, total: null, unit: 'bytes', rate: 2, what: null })).toEqual(['done', 'rate'])
    expect(kinds({ done: 5, total: 100, unit: 'bytes', rate: 0, what: null })).toEqual(['done', 'total'])
    expect(kinds({ done: 5, total: 100, unit: 'bytes', rate: 1, what: null })).toEqual([
      'done',
      'total',
      'rate',
      'left',
    ])
  })
})

describe('practice wishes', () => {
  it('start from what the contract takes by default', () => {
    expect(PracticeInput.parse({ requestId: 'x' }).steps).toBe(DEFAULT_STEPS)
    expect(clampSteps('')).toBe(DEFAULT_STEPS)
    expect(clampSteps(5000)).toBe(1000)
  })
})

describe('addresses', () => {
  it('come back as they were made', () => {
    const href = hrefOf('runs', 'with space/and slash')
    expect(parseRoute(href)).toEqual({ page: 'runs', id: 'with space/and slash' })
    expect(parseRoute('#token=abc')).toEqual({ page: 'practice', id: null })
    expect(parseRoute('')).toEqual({ page: 'practice', id: null })
  })
})
