import type { Progress } from '#contract'

export type Amounts = { kind: 'done' | 'total' | 'rate' | 'left'; value: number }[]

/** Below this an estimate jumps about more than it tells. */
const LEAST_LEFT_MS = 5000
const SILENCE_MS = 15_000

/** What can honestly be said: the count always, the rest only when it is known. */
export function amounts({ done, total, rate }: Progress): Amounts {
  const said: Amounts = [{ kind: 'done', value: done }]
  if (total !== null) said.push({ kind: 'total', value: total })
  if (rate !== null && rate > 0) {
    said.push({ kind: 'rate', value: rate })
    const left = total === null ? 0 : ((total - done) / rate) * 1000
    if (left >= LEAST_LEFT_MS) said.push({ kind: 'left', value: left })
  }
  return said
}

/** How long nothing has moved, once that is worth saying. */
export function silentFor(now: number, lastMove: number): number | null {
  const silent = now - lastMove
  return silent >= SILENCE_MS ? silent : null
}
