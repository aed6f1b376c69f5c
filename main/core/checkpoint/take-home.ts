import type { AskReport, AskRequest, ExportRequest, MergeRequest, Watched } from '#contract'
import type { Started } from '../env/maker'
import type { Jobs } from '../jobs/jobs'
import type { Runs } from '../train/runs'
import { later } from '../later'

export interface TakeHomeDeps {
  runs: Runs
  jobs: Jobs
  resources: string
}

/** From a checkpoint to a model that can be used. */
export interface TakeHome {
  merge(request: Omit<MergeRequest, 'requestId'>): Started
  export(request: Omit<ExportRequest, 'requestId'>): Started
  ask(request: AskRequest, signal: AbortSignal): AsyncIterable<Watched<AskReport>>
}

export function createTakeHome(_deps: TakeHomeDeps): TakeHome {
  return { merge: () => later(), export: () => later(), ask: () => later() }
}
