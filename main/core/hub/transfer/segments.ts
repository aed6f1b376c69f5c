/** [from, to) */
export type Range = readonly [from: number, to: number]

/** Ascending, apart from each other, none empty. */
export type Ranges = readonly Range[]

export const lengthOf = (ranges: Ranges): number => ranges.reduce((sum, [from, to]) => sum + to - from, 0)

/** Both together. */
export function withRange(ranges: Ranges, from: number, to: number): Ranges {
  if (to <= from) return ranges
  const before = ranges.filter(([, end]) => end < from)
  const after = ranges.filter(([start]) => start > to)
  const touched = ranges.slice(before.length, ranges.length - after.length)
  const start = Math.min(from, touched[0]?.[0] ?? from)
  const end = Math.max(to, touched.at(-1)?.[1] ?? to)
  return [...before, [start, end], ...after]
}

/** What of [from, to) is not in `ranges`. */
export function gapsIn(ranges: Ranges, from: number, to: number): Ranges {
  const gaps: Range[] = []
  let at = from
  for (const [start, end] of ranges) {
    if (end <= at) continue
    if (start >= to) break
    if (start > at) gaps.push([at, start])
    at = end
  }
  if (at < to) gaps.push([at, to])
  return gaps
}

/** How far it is whole from the start. */
export const frontOf = (ranges: Ranges): number => (ranges[0]?.[0] === 0 ? ranges[0][1] : 0)

/** Only what lies within a file of this size; for what was read from a disk. */
export const sane = (ranges: Ranges, size: number): boolean =>
  ranges.every(([from, to], n) => from >= (ranges[n - 1]?.[1] ?? -1) && from < to && to <= size && from >= 0)
