import { basename, join } from 'node:path'
import * as z from 'zod'
import type { ClusterRef, ClusterView } from '#contract'
import { AppError } from '../errors'
import type { Launch } from '../train/launch'
import type { Resolved } from '../train/resolve'
import { runFiles } from '../train/spec'
import { clusterArgv, clusterFolder } from './cluster-argv'

type RunLaunch = Omit<Launch, 'runs' | 'resources'>

/** What ray_job.py is told; its further words are added to `argv` (a resume). */
const Job = z.object({
  address: z.string(),
  id: z.string(),
  argv: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  workingDir: z.string(),
})

/**
 * A run whose supervisor watches a job of the cluster as it would the trainer itself (ray_job.py). The job runs in a
 * copy of the run's code folder, so our patches are named from there. CLUSTER_NEEDS_VERL.
 */
export function clusterLaunch(
  launch: RunLaunch,
  resolved: Resolved,
  cluster: ClusterRef,
  view: ClusterView,
): RunLaunch {
  if (resolved.trainer === 'trl') throw new AppError('CLUSTER_NEEDS_VERL')
  const job = (folder: string): z.infer<typeof Job> => {
    const id = basename(folder)
    const saves = clusterFolder(cluster, id) ?? folder
    const argv = resolved.argv(saves)
    return {
      address: cluster.address,
      id: `launchpad-${id}`,
      argv: resolved.trainer === 'command' ? argv : clusterArgv(argv, view),
      env: { ...resolved.env(saves, '.'), LAUNCHPAD_RUN_DIR: saves },
      workingDir: join(folder, runFiles.code),
    }
  }
  return {
    ...launch,
    metrics: 'console',
    argv: (folder) => [
      ...[resolved.environment.program, '-u', join(folder, runFiles.code, 'ray_job.py')],
      JSON.stringify(job(folder)),
    ],
  }
}

/** The trainer's own command of a run's argv: that of its job where it is one. */
export function trainerArgv(argv: readonly string[]): readonly string[] {
  const at = argv.findIndex((word) => basename(word) === 'ray_job.py')
  if (at === -1) return argv
  try {
    return Job.parse(JSON.parse(argv[at + 1] ?? '')).argv
  } catch {
    return argv
  }
}
