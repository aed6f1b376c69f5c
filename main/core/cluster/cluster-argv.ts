import { join } from 'node:path'
import type { ClusterRef, ClusterView } from '#contract'

/** Where a job of the cluster saves what the run `id` brings forth; null: below the run's own path. */
export const clusterFolder = (cluster: ClusterRef | null, id: string): string | null =>
  cluster === null || cluster.shared === null ? null : join(cluster.shared, 'verl-launchpad', id)

/**
 * A plan's command for one card as it runs on a cluster: verl is told of the machines and of the cards of each, and
 * joins the Ray that is there. `ray.init` refuses `num_cpus` for one that it did not start (ray/_private/worker.py).
 * Machines with fewer cards than others would wait for ever, so all count as the smallest that has any.
 */
export function clusterArgv(argv: readonly string[], { nodes, python }: ClusterView): string[] {
  const cards = nodes.map(({ gpus }) => Math.floor(gpus)).filter((gpus) => gpus > 0)
  const each = cards.length === 0 ? 1 : Math.min(...cards)
  const told = { 'trainer.nnodes': Math.max(1, cards.length), 'trainer.n_gpus_per_node': each }
  const [, ...words] = argv
  const kept = words.filter((word) => !/^\+*(ray_kwargs\.)?ray_init\.num_cpus=/.test(word))
  const set = kept.map((word) => {
    const key = word.split('=')[0] ?? ''
    return key in told ? `${key}=${told[key as keyof typeof told]}` : word
  })
  return [python ?? 'python3', ...set]
}
