import type { PreflightReport, RunRequest } from '#contract'
import { useState } from 'react'
import { useWatched, type Watching } from '../../../stores/watched'

export interface Check extends Watching<PreflightReport> {
  /** The report is about what is asked now. */
  current: boolean
  again(): void
}

/** What the answer depends on; a new name is no reason to ask again. */
const keyOf = ({ work, environment, cluster }: RunRequest, round: number): string =>
  JSON.stringify([work, environment, cluster, round])

/** The check of a request, made anew with every change of it; null: something is missing still. */
export function usePreflight(request: RunRequest | null): Check {
  const [round, setRound] = useState(0)
  const key = request === null ? null : keyOf(request, round)
  const watching = useWatched<PreflightReport>(key, (core, signal) => {
    if (request === null) throw new Error('nothing is asked')
    return core.runs.preflight(request, { signal })
  })
  return {
    ...watching,
    current: key !== null && !watching.busy && watching.value !== null,
    again: () => setRound((count) => count + 1),
  }
}
