import { bucket } from './bucket'

/** Points of one metric that a page keeps: 16,384 of 16 bytes, for a hundred metrics 26 MB, however long a run is. */
const MOST_KEPT = 16_384

/** One metric over the steps, which rise. Of a very long run the lowest and the highest value of each stretch are kept. */
export interface Series {
  readonly length: number
  /** Views of what is kept; good until the next `put`. */
  steps(): Float64Array
  values(): Float64Array
  /** A step that was there before belongs to an attempt that was given up: it and what followed is replaced. */
  put(step: number, value: number): void
}

export function createSeries(most = MOST_KEPT): Series {
  let steps = new Float64Array(64)
  let values = new Float64Array(64)
  let length = 0

  function resize(size: number, [xs, ys]: [ArrayLike<number>, ArrayLike<number>]): void {
    steps = new Float64Array(size)
    values = new Float64Array(size)
    steps.set(xs)
    values.set(ys)
    length = xs.length
  }

  return {
    get length() {
      return length
    },
    steps: () => steps.subarray(0, length),
    values: () => values.subarray(0, length),
    put(step, value) {
      while (length > 0 && (steps[length - 1] ?? 0) >= step) length -= 1
      if (length === most) resize(most, bucket(steps, values, most / 2))
      else if (length === steps.length) resize(Math.min(most, 2 * length), [steps, values])
      steps[length] = step
      values[length] = value
      length += 1
    },
  }
}

export interface Point {
  step: number
  value: number
}

export function lastOf(series: Series | undefined): Point | null {
  if (series === undefined || series.length === 0) return null
  return { step: series.steps()[series.length - 1] ?? 0, value: series.values()[series.length - 1] ?? 0 }
}

export interface Summary {
  min: number
  max: number
  last: number
}

export function summaryOf(series: Series): Summary {
  const values = series.values()
  let min = Number.POSITIVE_INFINITY
  let max = Number.NEGATIVE_INFINITY
  for (const value of values) {
    min = Math.min(min, value)
    max = Math.max(max, value)
  }
  return { min, max, last: values[values.length - 1] ?? 0 }
}

/**
 * The exponential moving average, as TensorBoard draws it: with the start corrected, so that the first values are not
 * pulled to zero. `weight` 0 leaves everything as it is, 0.99 hardly moves.
 */
export function smooth(values: ArrayLike<number>, weight: number): Float64Array {
  const out = new Float64Array(values.length)
  let mean = 0
  let share = 1
  for (let index = 0; index < values.length; index += 1) {
    mean = weight * mean + (1 - weight) * (values[index] ?? 0)
    share *= weight
    out[index] = mean / (1 - share)
  }
  return out
}
