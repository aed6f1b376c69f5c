import type { EndpointView, RepoKind, RepoSummary } from '#contract'
import type { HubAdapter } from '../types'

/** A place that repositories come from, over the network or not. */
export interface Source extends HubAdapter {
  /** The most downloaded first. Errors: HUB_*, those of the network. */
  search(kind: RepoKind, text: string, limit: number, signal: AbortSignal): Promise<RepoSummary[]>
  /** Asks once. It fails only when it is cancelled: what is wrong is in the answer. */
  probe(signal: AbortSignal): Promise<EndpointView>
}
