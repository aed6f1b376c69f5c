import type { RunStatus } from '#contract'
import type { RunExit, RunState } from './spec'

/** A supervisor writes its state within a second of its start; longer than this, and there is none. */
const START_GRACE_MS = 15_000

export interface RunFacts {
  createdAt: number
  now: number
  state: Pick<RunState, 'phase'> | null
  exit: RunExit | null
  /** The supervisor named in the state file is that very process, and lives. */
  alive: boolean
  /** It waits for its card. */
  queued: boolean
}

/** What a run is doing, from its files alone: the same answer in every door, after any crash of ours. */
export function runStatus({ createdAt, now, state, exit, alive, queued }: RunFacts): RunStatus {
  if (exit !== null) {
    if (exit.stopped !== null) return 'stopped'
    return exit.code === 0 ? 'finished' : 'failed'
  }
  if (queued) return 'queued'
  if (state === null) return now - createdAt < START_GRACE_MS ? 'starting' : 'lost'
  if (!alive) return 'lost'
  if (state.phase === 'stopping') return 'stopping'
  return state.phase === 'starting' ? 'starting' : 'running'
}

export const isOver = (status: RunStatus) =>
  status === 'finished' || status === 'failed' || status === 'stopped' || status === 'lost'
