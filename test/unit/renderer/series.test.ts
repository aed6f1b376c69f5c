import { describe, expect, it } from 'vitest'
import { csvOf } from '../../../renderer/charts/export'
import { chooseCharts } from '../../../renderer/charts/groups'
import { alignLines, valueAt, type Line } from '../../../renderer/charts/lines'
import { createMetricStore } from '../../../renderer/charts/metric-store'
import { createSeries, smooth, type Series } from '../../../renderer/charts/series'

const points = (series: Series | undefined) => ({
  steps: [...(series?.steps() ?? [])],
  values: [...(series?.values() ?? [])],
})

describe('metric series', () => {
  it('collects each metric over the steps it was reported for', () => {
    const store = createMetricStore()
    store.add([
      { step: 1, data: { a: 1, b: 5 } },
      { step: 2, data: { a: 2 } },
    ])
    expect(points(store.series('a'))).toEqual({ steps: [1, 2], values: [1, 2] })
    expect(points(store.series('b'))).toEqual({ steps: [1], values: [5] })
    expect(store.keys()).toEqual(['a', 'b'])
  })

  it('goes on from a checkpoint: the repeated steps replace the attempt that was given up', () => {
    const store = createMetricStore()
    store.add([1, 2, 3, 4].map((step) => ({ step, data: { a: step } })))
    store.add([{ step: 3, data: { a: 30 } }])
    expect(points(store.series('a'))).toEqual({ steps: [1, 2, 3], values: [1, 2, 30] })
  })

  it('drops what is not a number', () => {
    const store = createMetricStore()
    store.add([{ step: 1, data: { a: Number.NaN, b: Infinity } }])
    expect(store.keys()).toEqual([])
  })

  it('keeps spikes and both ends of a run that is longer than it can hold', () => {
    const series = createSeries(1000)
    for (let step = 1; step <= 100_000; step += 1) series.put(step, step === 31_417 ? 99 : step === 70_001 ? -99 : 0)
    expect(series.length).toBeLessThanOrEqual(1000)
    expect(series.steps()[0]).toBe(1)
    expect(series.steps().at(-1)).toBe(100_000)
    expect(Math.max(...series.values())).toBe(99)
    expect(Math.min(...series.values())).toBe(-99)
  })

  it('tells its listeners and counts its changes', () => {
    const store = createMetricStore()
    let heard = 0
    const end = store.subscribe(() => (heard += 1))
    store.add([{ step: 1, data: { a: 1 } }])
    end()
    store.add([{ step: 2, data: { a: 1 } }])
    expect(heard).toBe(1)
    expect(store.version()).toBe(2)
  })
})

describe('lines of a chart', () => {
  const line = (id: string, values: [number, number][]): Line => {
    const series = createSeries()
    for (const [step, value] of values) series.put(step, value)
    return { id, name: id, colour: 0, series }
  }
  const plain = { smoothing: 0, log: false, range: null }

  it('have one axis of steps, with a gap where a line has no value', () => {
    const data = alignLines(
      [
        line('a', [
          [1, 10],
          [2, 20],
          [3, 30],
        ]),
        line('b', [[2, 5]]),
      ],
      plain,
    )
    expect(data[0]).toEqual([1, 2, 3])
    expect(data[1]).toEqual([10, 20, 30])
    expect(data[2]?.[1]).toBe(5)
    expect(data[2]?.[0] ?? null).toBeNull()
  })

  it('leave out what a logarithm does not know, and show what was measured behind what is smoothed', () => {
    const one = line('a', [
      [1, 0],
      [2, 10],
      [3, -4],
      [4, 100],
    ])
    expect(alignLines([one], { ...plain, log: true })[1]).toEqual([null, 10, null, 100])
    const [steps, measured, smoothed] = alignLines([one], { ...plain, smoothing: 0.5 })
    expect(steps).toHaveLength(4)
    expect(measured).toEqual([0, 10, -4, 100])
    expect(smoothed?.[0]).toBe(0)
  })

  it('show a part with one point more at each side', () => {
    const one = line(
      'a',
      [1, 2, 3, 4, 5, 6].map((step): [number, number] => [step, step]),
    )
    expect(alignLines([one], { ...plain, range: [3, 4] })[0]).toEqual([2, 3, 4, 5])
  })

  it('know their value at a step, or at the last one before it', () => {
    const one = line('a', [
      [10, 1],
      [20, 2],
    ])
    expect([valueAt(one, 9), valueAt(one, 10), valueAt(one, 15), valueAt(one, 99)]).toEqual([null, 1, 1, 2])
  })

  it('are smoothed as TensorBoard does it: the start is not pulled to zero', () => {
    const out = smooth([4, 4, 4], 0.9)
    for (const value of out) expect(value).toBeCloseTo(4, 12)
  })
})

describe('charts', () => {
  it('take the name that the trainer reports, and offer the rest', () => {
    const { groups, others } = chooseCharts(['actor/ppo_kl', 'actor/lr', 'critic/rewards/mean', 'foo/bar'])
    const charts = groups.flatMap((group) => group.charts)
    expect(charts.find(({ id }) => id === 'kl')?.keys).toEqual(['actor/ppo_kl'])
    // The same line is not drawn twice.
    expect(charts.some(({ id }) => id === 'policyKl')).toBe(false)
    expect(others).toEqual(['foo/bar'])
  })

  it('draw what belongs together in one', () => {
    const keys = [
      'response_length/mean',
      'response_length/max',
      'response_length/min',
      'val-core/openai/gsm8k/acc/mean@1',
    ]
    const charts = chooseCharts(keys).groups.flatMap((group) => group.charts)
    expect(charts.find(({ id }) => id === 'length')?.keys).toHaveLength(3)
    expect(charts.find(({ id }) => id === 'validation')?.keys).toEqual(['val-core/openai/gsm8k/acc/mean@1'])
  })

  it('are written as CSV with a row a step', () => {
    const rows = [
      { step: 1, data: { a: 1, 'b,c': 2 } },
      { step: 2, data: { a: 3 } },
    ]
    expect(csvOf(rows, ['a', 'b,c'])).toBe('step,a,"b,c"\n1,1,2\n2,3,\n')
  })
})
