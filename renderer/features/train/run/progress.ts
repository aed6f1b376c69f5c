import type { PhaseId, RunView } from '#contract'
import { isLive } from '../../../stores/live'

/** A phase is late when it takes this many times as long as it usually does. */
const LATE = 2
/** A log that moved just now is not worth a word. */
const QUIET_MS = 10_000

export interface PhaseLine {
  id: PhaseId
  forMs: number
  /** null: never seen before. */
  usualMs: number | null
  /** Since the log last moved; null: just now, or it is not known. */
  quietMs: number | null
  late: boolean
}

/** What a run is busy with; null: it is over, or nobody knows yet. */
export function phaseLine({ phase, logMovedAt }: RunView, now: number): PhaseLine | null {
  if (phase === null) return null
  const forMs = Math.max(0, now - phase.since)
  const usualMs = phase.usualSeconds === null ? null : phase.usualSeconds * 1000
  const quiet = logMovedAt === null ? 0 : now - logMovedAt
  return {
    id: phase.id,
    forMs,
    usualMs,
    quietMs: quiet >= QUIET_MS ? quiet : null,
    late: usualMs !== null && forMs > usualMs * LATE,
  }
}

/** Milliseconds until the last step; null: nobody can know. */
export function timeLeft({ status, plannedSteps, lastStep, secondsPerStep }: RunView): number | null {
  if (!isLive(status) || plannedSteps === null || lastStep === null || secondsPerStep === null) return null
  return Math.max(0, plannedSteps - lastStep) * secondsPerStep * 1000
}

/** 0 to 1; null: how many steps there will be is not known. */
export function shareDone({ plannedSteps, lastStep }: RunView): number | null {
  if (plannedSteps === null || plannedSteps === 0) return null
  return Math.min(1, (lastStep ?? 0) / plannedSteps)
}
