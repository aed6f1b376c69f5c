import { describe, expect, it } from 'vitest'
import { addPoints, keyFor, otherKeys } from '../../../renderer/charts/series'

describe('metric series', () => {
  it('collects each metric over the steps it was reported for', () => {
    const all = addPoints(new Map(), [
      { step: 1, data: { a: 1, b: 5 } },
      { step: 2, data: { a: 2 } },
    ])
    expect(all.get('a')).toEqual({ steps: [1, 2], values: [1, 2] })
    expect(all.get('b')).toEqual({ steps: [1], values: [5] })
  })

  it('does not change what was handed out before', () => {
    const before = addPoints(new Map(), [{ step: 1, data: { a: 1 } }])
    const after = addPoints(before, [{ step: 2, data: { a: 2 } }])
    expect(before.get('a')?.steps).toEqual([1])
    expect(after.get('a')?.steps).toEqual([1, 2])
  })

  it('goes on from a checkpoint: the repeated steps replace the attempt that was given up', () => {
    const first = addPoints(
      new Map(),
      [1, 2, 3, 4].map((step) => ({ step, data: { a: step } })),
    )
    const resumed = addPoints(first, [{ step: 3, data: { a: 30 } }])
    expect(resumed.get('a')).toEqual({ steps: [1, 2, 3], values: [1, 2, 30] })
  })

  it('drops what is not a number', () => {
    expect(addPoints(new Map(), [{ step: 1, data: { a: Number.NaN, b: Infinity } }]).size).toBe(0)
  })

  it('shows the name that the trainer reports, and the rest as more', () => {
    const all = addPoints(new Map(), [
      { step: 1, data: { 'actor/ppo_kl': 0, 'actor/lr': 1, 'critic/rewards/mean': 1 } },
    ])
    expect(keyFor('kl', all)).toBe('actor/ppo_kl')
    expect(keyFor('loss', all)).toBe('actor/pg_loss')
    expect(otherKeys(all)).toEqual(['actor/lr'])
  })
})
