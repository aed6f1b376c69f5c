import type { TokenLengths } from '#contract'

/** [tokens, rows], ascending. */
export type Lengths = TokenLengths['lengths']

export const rowsOf = (lengths: Lengths): number => lengths.reduce((sum, [, rows]) => sum + rows, 0)

/** Prompts longer than `limit`, as verl's filter_overlong_prompts leaves them out. */
export const rowsLost = (lengths: Lengths, limit: number): number =>
  lengths.reduce((sum, [tokens, rows]) => (tokens > limit ? sum + rows : sum), 0)

/** To two places; a part that is there is never shown as 0, nor a missing one as 100. */
export function percentOf(part: number, whole: number): number {
  if (whole === 0 || part === 0) return 0
  if (part === whole) return 100
  return Math.min(99.99, Math.max(0.01, Math.round((part / whole) * 10_000) / 100))
}

/** The smallest length that at least this share of the rows does not exceed; 0: there are no rows. */
export function quantile(lengths: Lengths, share: number): number {
  const wanted = Math.max(1, Math.ceil(rowsOf(lengths) * share))
  let seen = 0
  for (const [tokens, rows] of lengths) {
    seen += rows
    if (seen >= wanted) return tokens
  }
  return 0
}

/** The smallest limit that loses nothing. */
export const longest = (lengths: Lengths): number => lengths.at(-1)?.[0] ?? 0

export interface Bin {
  /** Tokens, both included. */
  from: number
  to: number
  rows: number
}

/** Bins of equal width from the shortest to the longest, at most `most`. */
export function binsOf(lengths: Lengths, most: number): Bin[] {
  const first = lengths[0]?.[0]
  if (first === undefined) return []
  const wide = Math.max(1, Math.ceil((longest(lengths) - first + 1) / most))
  const count = Math.floor((longest(lengths) - first) / wide) + 1
  const bins = Array.from({ length: count }, (_, at) => ({
    from: first + at * wide,
    to: first + (at + 1) * wide - 1,
    rows: 0,
  }))
  for (const [tokens, rows] of lengths) {
    const bin = bins[Math.floor((tokens - first) / wide)]
    if (bin !== undefined) bin.rows += rows
  }
  return bins
}

/** Up to the next round number, so that the end of a scale can be read. */
export function scaleEnd(value: number): number {
  const step = value > 4096 ? 1024 : value > 512 ? 128 : 32
  return Math.max(step, Math.ceil(value / step) * step)
}
