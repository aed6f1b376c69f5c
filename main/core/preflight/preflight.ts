import type { PreflightReport, RunRequest, Watched } from '#contract'
import type { ResolveDeps } from '../train/resolve'
import { later } from '../later'

export interface PreflightDeps extends ResolveDeps {
  resources: string
}

/** Asks the verl of the environment whether the request would run. Ends with the report. */
export type Preflight = (request: RunRequest, signal: AbortSignal) => AsyncIterable<Watched<PreflightReport>>

export function createPreflight(_deps: PreflightDeps): Preflight {
  return () => later()
}
