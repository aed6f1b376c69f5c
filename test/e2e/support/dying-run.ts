import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createProjection } from '../../../main/core/state/projection'
import { openRuns } from '../../../main/core/train/runs'
import { emptyProjection } from '../../support/empty-projection'
import { home } from './roots'

export const MICRO = 'actor_rollout_ref.actor.ppo_micro_batch_size_per_gpu'
const dies = `
import sys
print("ray init kwargs: {}")
for step in range(1, 8):
    print(f"step:{step} - critic/rewards/mean:{step / 20} - response_length/mean:{120 + step} - perf/max_memory_reserved_gb:{15 + step} - perf/cpu_memory_used_gb:{20 + step} - timing_s/step:31.5")
for n in range(3000):
    print(f"(WorkerDict pid=7) a line of no meaning, number {n}")
print("Traceback (most recent call last):")
print("ray.exceptions.RayTaskError(OutOfMemoryError): ray::WorkerDict.actor_rollout_update_actor() (pid=7, ip=10.0.0.2)")
print("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.16 GiB.")
for n in range(900):
    print(f"(WorkerDict pid=8) what others say while they end, number {n}")
sys.exit(1)
`

/** A run that dies as verl does when the card is full; the supervisor is the real one. */
export async function startDying(root: string): Promise<string> {
  const folder = join(root, 'runs')
  await mkdir(folder, { recursive: true })
  await writeFile(join(root, 'dies.py'), dies)
  const runs = await openRuns({
    folder,
    resources: join(home, 'resources'),
    projection: createProjection(emptyProjection()),
  })
  const argv = ['python3', join(root, 'dies.py'), `${MICRO}=4`]
  const work = { kind: 'command' as const, argv, cwd: null, env: {}, steps: null }
  const id = await runs.start({
    ...{ python: 'python3', argv: () => argv, name: '显存不足', trainer: 'command', metrics: 'console' },
    ...{ plannedSteps: null, env: () => ({}), options: {}, digests: {} },
    request: { name: '显存不足', work, environment: null, restarts: 0, cluster: null },
  })
  runs.dispose()
  return id
}
