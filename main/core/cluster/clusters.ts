import type { ClusterView } from '#contract'
import type { SecretStore } from '../hub/secret-file'
import { later } from '../later'

export interface ClustersDeps {
  secrets: SecretStore
}

/** Ray clusters that take jobs (Ray's Jobs API). */
export interface Clusters {
  look(address: string): Promise<ClusterView>
  setToken(address: string, token: string | null): Promise<void>
}

export function createClusters(_deps: ClustersDeps): Clusters {
  return { look: () => later(), setToken: () => later() }
}
