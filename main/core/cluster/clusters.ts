import { fetch, type Dispatcher } from 'undici'
import * as z from 'zod'
import type { ClusterView } from '#contract'
import { AppError } from '../errors'
import type { SecretStore } from '../hub/secret-file'
import { reasonOf } from '../net/trouble'

export interface ClustersDeps {
  secrets: SecretStore
  dispatcher: () => Dispatcher
}

/** Ray clusters that take jobs, asked through their dashboard (Ray 2.49 to 2.60). */
export interface Clusters {
  /** CLUSTER_UNREACHABLE, CLUSTER_REFUSED, CLUSTER_NOT_RAY. */
  look(address: string): Promise<ClusterView>
  /** null: forgotten. */
  setToken(address: string, token: string | null): Promise<void>
  token(address: string): Promise<string | null>
}

const WAIT_MS = 10_000

const Version = z.object({ ray_version: z.string() })
/** ray/dashboard/state_aggregator.py: the state API, here of the nodes. */
const Nodes = z.object({
  data: z.object({
    result: z.object({
      result: z.array(
        z.object({
          node_name: z.string(),
          state: z.string(),
          is_head_node: z.boolean(),
          resources_total: z.record(z.string(), z.number()),
        }),
      ),
    }),
  }),
})
/** ray/dashboard/modules/node: beside much else the command line of each node's agent, which begins with its Python. */
const Summary = z.object({
  data: z.object({
    summary: z.array(
      z.object({
        // A node that has just come has not told of either yet.
        agent: z.object({ cmdline: z.array(z.string()).nullish() }).nullish(),
        raylet: z.object({ isHeadNode: z.boolean().nullish() }).nullish(),
      }),
    ),
  }),
})

export function createClusters({ secrets, dispatcher }: ClustersDeps): Clusters {
  const name = (address: string) => `ray.${new URL(address).origin}`
  const token = (address: string) => secrets.read(name(address))

  async function ask<Answer>(address: string, path: string, answer: z.ZodType<Answer>): Promise<Answer> {
    const known = await token(address)
    let response
    try {
      response = await fetch(new URL(path, address.endsWith('/') ? address : `${address}/`), {
        dispatcher: dispatcher(),
        redirect: 'error',
        signal: AbortSignal.timeout(WAIT_MS),
        headers: known === null ? {} : { authorization: `Bearer ${known}` },
      })
    } catch (thrown) {
      throw new AppError('CLUSTER_UNREACHABLE', { address, detail: reasonOf(thrown) }, thrown)
    }
    if (response.status === 401 || response.status === 403) throw new AppError('CLUSTER_REFUSED', { address })
    if (!response.ok) throw new AppError('CLUSTER_NOT_RAY', { address, detail: `HTTP ${response.status}` })
    const found = answer.safeParse(await response.json().catch(() => null))
    if (found.success) return found.data
    throw new AppError('CLUSTER_NOT_RAY', { address, detail: path })
  }

  return {
    token,
    setToken: (address, value) => secrets.write(name(address), value),
    async look(address) {
      const { ray_version: ray } = await ask(address, 'api/version', Version)
      const [nodes, summary] = await Promise.all([
        ask(address, 'api/v0/nodes?detail=1', Nodes),
        ask(address, 'nodes?view=summary', Summary),
      ])
      const head = summary.data.summary.find(({ raylet }) => raylet?.isHeadNode === true)
      return {
        address,
        ray,
        python: head?.agent?.cmdline?.[0] ?? null,
        nodes: nodes.data.result.result
          .filter(({ state }) => state === 'ALIVE')
          .map(({ node_name, is_head_node, resources_total: total }) => ({
            name: node_name,
            head: is_head_node,
            cpus: total['CPU'] ?? 0,
            gpus: total['GPU'] ?? 0,
            memoryBytes: total['memory'] ?? 0,
          }))
          .sort((a, b) => Number(b.head) - Number(a.head)),
      }
    },
  }
}
