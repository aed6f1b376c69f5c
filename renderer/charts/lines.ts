import uPlot from 'uplot'
import { bucket } from './bucket'
import { smooth, type Series } from './series'

/** One line of a chart. */
export interface Line {
  /** Unique in its chart. */
  id: string
  /** For the legend. */
  name: string
  /** Which of the chart colours, from 0. */
  colour: number
  series: Series
}

export interface Look {
  /** 0: as it is; up to 0.99. */
  smoothing: number
  log: boolean
  /** Steps that are shown; null: all. */
  range: readonly [number, number] | null
}

const MOST_POINTS = 1200

/** The part of a rising array within the range, and one point more at each side so that lines run to the edge. */
function within(steps: Float64Array, range: Look['range']): [number, number] {
  if (range === null) return [0, steps.length]
  const [from, to] = range
  let begin = 0
  while (begin < steps.length && (steps[begin] ?? 0) < from) begin += 1
  let end = begin
  while (end < steps.length && (steps[end] ?? 0) <= to) end += 1
  return [Math.max(0, begin - 1), Math.min(steps.length, end + 1)]
}

/**
 * The lines as uPlot takes them: one x for all, and for each line first what was measured, then (when smoothing is on)
 * the smoothed. A logarithm knows no value of zero or less: those points are left out.
 */
export function alignLines(lines: readonly Line[], { smoothing, log, range }: Look): uPlot.AlignedData {
  const tables = lines.flatMap(({ series }): [number[], (number | null)[]][] => {
    const [begin, end] = within(series.steps(), range)
    const steps = series.steps().subarray(begin, end)
    const values = series.values()
    const drawn = (all: Float64Array): [number[], (number | null)[]] => {
      const [xs, ys] = bucket(steps, all.subarray(begin, end), MOST_POINTS)
      return [xs, log ? ys.map((value) => (value > 0 ? value : null)) : ys]
    }
    return smoothing === 0 ? [drawn(values)] : [drawn(values), drawn(smooth(values, smoothing))]
  })
  if (tables.length === 0) return [[]]
  return tables.length === 1 ? (tables[0] as uPlot.AlignedData) : uPlot.join(tables)
}

/** Whether a logarithmic axis has anything to show. */
export const hasPositive = (lines: readonly Line[]): boolean =>
  lines.some(({ series }) => series.values().some((value) => value > 0))

/** The point of a line at a step or the last one before it; null: it begins later. */
export function valueAt({ series }: Line, step: number): number | null {
  const steps = series.steps()
  let low = 0
  let high = steps.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((steps[middle] ?? 0) <= step) low = middle + 1
    else high = middle
  }
  return low === 0 ? null : (series.values()[low - 1] ?? null)
}
