import { describe, expect, it } from 'vitest'
import { bucket } from '../../../renderer/charts/bucket'

const range = (count: number) => Array.from({ length: count }, (_, index) => index)

describe('bucketing', () => {
  it('leaves short series alone', () => {
    expect(bucket([1, 2, 3], [4, 5, 6], 100)).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ])
    expect(bucket([], [], 100)).toEqual([[], []])
  })

  it('keeps a single spike and a single dip among a hundred thousand points', () => {
    const xs = range(100_000)
    const ys = xs.map((x) => Math.sin(x / 5000))
    ys[31_337] = 99
    ys[77_777] = -99
    const [outX, outY] = bucket(xs, ys, 1000)
    expect(outX.length).toBeLessThanOrEqual(1000)
    expect(outX[outY.indexOf(99)]).toBe(31_337)
    expect(outX[outY.indexOf(-99)]).toBe(77_777)
  })

  it('keeps the order and both ends', () => {
    const xs = range(5003)
    const [outX] = bucket(
      xs,
      xs.map((x) => (x * 7919) % 101),
      200,
    )
    expect(outX[0]).toBe(0)
    expect(outX.at(-1)).toBe(5002)
    expect([...outX].sort((a, b) => a - b)).toEqual(outX)
    expect(new Set(outX).size).toBe(outX.length)
  })

  it('passes over values that are not numbers', () => {
    const xs = range(1000)
    const ys = xs.map((x) => (x % 2 === 0 ? Number.NaN : x))
    expect(bucket(xs, ys, 50)[1].slice(1, -1).some(Number.isNaN)).toBe(false)
  })
})
