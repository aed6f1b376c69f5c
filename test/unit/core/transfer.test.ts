import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { backoffMs } from '../../../main/core/hub/transfer/backoff'
import { blockSize, nextBlock, unclaimed, worthSplitting } from '../../../main/core/hub/transfer/blocks'
import { contentRange, isPage, waitSeconds } from '../../../main/core/hub/transfer/headers'
import { createLimiter } from '../../../main/core/hub/transfer/limiter'
import { frontOf, gapsIn, lengthOf, sane, withRange, type Ranges } from '../../../main/core/hub/transfer/segments'

const MIB = 1024 * 1024

describe('segments', () => {
  const SIZE = 60
  const ranges = fc.array(fc.tuple(fc.nat(SIZE), fc.nat(SIZE)), { maxLength: 12 })
  const build = (list: [number, number][]) => list.reduce<Ranges>((all, [from, to]) => withRange(all, from, to), [])
  const holds = (all: Ranges, at: number) => all.some(([from, to]) => at >= from && at < to)

  test('hold exactly the bytes that were put in, in order and apart', () => {
    fc.assert(
      fc.property(ranges, (list) => {
        const all = build(list)
        for (let at = 0; at < SIZE; at++) {
          expect(holds(all, at)).toBe(list.some(([from, to]) => at >= from && at < to))
        }
        expect(sane(all, SIZE)).toBe(true)
        expect(all.every(([from], n) => n === 0 || from > (all[n - 1]?.[1] ?? 0))).toBe(true)
      }),
    )
  })

  test('and their gaps make the whole', () => {
    fc.assert(
      fc.property(ranges, fc.nat(SIZE), fc.nat(SIZE), (list, from, to) => {
        const all = build(list)
        const gaps = gapsIn(all, from, to)
        for (let at = 0; at < SIZE; at++) expect(holds(gaps, at)).toBe(at >= from && at < to && !holds(all, at))
        expect(lengthOf(all) + lengthOf(gapsIn(all, 0, SIZE))).toBe(SIZE)
      }),
    )
  })

  test('the front is what is whole from the start', () => {
    expect(frontOf([[0, 5]])).toBe(5)
    expect(frontOf([[1, 5]])).toBe(0)
    expect(frontOf([])).toBe(0)
  })

  test('what a disk says is not believed beyond the file', () => {
    expect(sane([[0, 11]], 10)).toBe(false)
    expect(sane([[5, 3]], 10)).toBe(false)
    expect(sane([[0, 6], [5, 8]], 10)).toBe(false) // prettier-ignore
  })
})

describe('blocks', () => {
  test('cover the file once, front first, whatever the order of arrival', () => {
    const claims: { at: number; to: number }[] = []
    for (;;) {
      const next = nextBlock(unclaimed([[0, 100]], claims, 1000), 300)
      if (next === null) break
      claims.push({ at: next[0], to: next[1] })
    }
    expect(claims).toEqual([
      { at: 100, to: 400 },
      { at: 400, to: 700 },
      { at: 700, to: 1000 },
    ])
  })

  test('are of seconds, not of bytes, and small at the end', () => {
    expect(blockSize(5e6, 1e10, 8)).toBe(40e6)
    expect(blockSize(1e9, 1e10, 8)).toBe(64 * MIB)
    expect(blockSize(null, 80 * MIB, 8)).toBe(10 * MIB)
    expect(blockSize(1e3, 3 * MIB, 8)).toBe(MIB)
  })

  test('an idle connection takes half of the longest, unless that is nearly done', () => {
    const claims = [
      { at: 0, to: 3 * MIB },
      { at: 10 * MIB, to: 20 * MIB },
    ]
    expect(worthSplitting(claims, 1e6)).toBe(claims[1])
    expect(worthSplitting(claims, 100e6)).toBeNull()
    expect(worthSplitting([{ at: 0, to: MIB }], 1)).toBeNull()
    expect(worthSplitting([], null)).toBeNull()
  })
})

describe('headers', () => {
  test('Content-Range', () => {
    expect(contentRange({ 'content-range': 'bytes 0-499/1234' })).toEqual({ from: 0, to: 500, total: 1234 })
    expect(contentRange({ 'content-range': 'bytes 5-9/*' })).toEqual({ from: 5, to: 10, total: null })
    expect(contentRange({ 'content-range': 'bytes */1234' })).toBeNull()
    expect(contentRange({})).toBeNull()
  })

  test('how long to wait: seconds, a date, or the window of the hub and one more', () => {
    const now = Date.parse('Wed, 21 Oct 2026 07:28:00 GMT')
    expect(waitSeconds({ 'retry-after': '7' }, now)).toBe(7)
    expect(waitSeconds({ 'retry-after': 'Wed, 21 Oct 2026 07:28:30 GMT' }, now)).toBe(30)
    expect(waitSeconds({ 'retry-after': 'Wed, 21 Oct 2015 07:28:30 GMT' }, now)).toBe(0)
    expect(waitSeconds({ ratelimit: '"resolvers";r=0;t=55' }, now)).toBe(56)
    expect(waitSeconds({ 'retry-after': 'soon' }, now)).toBeNull()
  })

  test('a page is one only in place of something else', () => {
    expect(isPage({ 'content-type': 'text/html; charset=utf-8' }, 'config.json')).toBe(true)
    expect(isPage({ 'content-type': 'text/html' }, 'docs/index.html')).toBe(false)
    expect(isPage({ 'content-type': 'text/plain' }, 'config.json')).toBe(false)
  })
})

test('waits longer after each failure, never beyond the most, and never twice the same', () => {
  const limits = { firstMs: 500, mostMs: 30_000 }
  expect(backoffMs(limits, 0, 0.5)).toBe(0)
  expect(backoffMs(limits, 1, 0)).toBe(250)
  expect(backoffMs(limits, 3, 0.999)).toBeCloseTo(2000, -1)
  expect(backoffMs(limits, 50, 0.999)).toBeLessThanOrEqual(30_000)
})

test('a limiter lets bytes pay for themselves, and none without a limit', async () => {
  let [now, limit]: [number, number | null] = [1_000, null]
  const limiter = createLimiter(
    () => limit,
    () => now,
  )
  const { signal } = new AbortController()
  expect(limiter.take(1e12, signal)).toBeNull()
  limit = 1000
  expect(limiter.take(100, signal)).toBeNull() // a tenth of a second in advance
  expect(limiter.take(20, signal)).not.toBeNull()
  now += 200
  expect(limiter.take(20, signal)).toBeNull()
  await Promise.resolve()
})
