import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { EnvironmentView, RunView } from '#contract'
import { createDiagnoses } from '../../main/core/diagnose/diagnoses'
import { loadKnowledge } from '../../main/core/diagnose/signatures'
import { createTreatment } from '../../main/core/diagnose/treatment'
import { createProjection } from '../../main/core/state/projection'
import { openRuns } from '../../main/core/train/runs'
import { createTraining } from '../../main/core/train/training'
import { emptyProjection } from '../support/empty-projection'

const MICRO = 'actor_rollout_ref.actor.ppo_micro_batch_size_per_gpu'

/** Dies as verl does in its update while the micro batch is larger than one. */
const trainer = `
import sys
micro = next((int(word.split("=")[1]) for word in sys.argv if word.startswith("${MICRO}=")), 1)
print("ray init kwargs: {}")
if micro > 1:
    print("Traceback (most recent call last):", file=sys.stderr)
    print("ray.exceptions.RayTaskError(OutOfMemoryError): ray::WorkerDict.actor_rollout_update_actor() (pid=7, ip=10.0.0.2)", file=sys.stderr)
    print("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.16 GiB.", file=sys.stderr)
    sys.exit(1)
print("step:1 - critic/rewards/mean:0.5")
`

const environment = { id: 'here', recipe: null, program: 'python3', status: 'ready' } as unknown as EnvironmentView
const opened: { dispose(): void }[] = []
afterEach(() => {
  for (const one of opened.splice(0)) one.dispose()
})

async function place() {
  const base = join(await mkdtemp(join(tmpdir(), 'treatment 补救 ')), 'runs')
  await mkdir(base, { recursive: true })
  const projection = createProjection(emptyProjection())
  const runs = await openRuns({ folder: base, resources: resolve('resources'), projection })
  const planner = () => Promise.reject(new Error('no plan here'))
  const training = createTraining({
    ...{ runs, planner, environments: () => ({ here: environment }), onFault: () => undefined },
    clusters: {
      look: () => Promise.reject(new Error('no cluster here')),
      setToken: () => Promise.resolve(),
      token: () => Promise.resolve(null),
    },
    variables: () => Promise.resolve({ PATH: process.env['PATH'] ?? '' }),
  })
  opened.push(runs, training)
  const knowledge = () => loadKnowledge(resolve('resources'))
  const diagnoses = createDiagnoses({ runs, knowledge, machine: () => null, version: '0' })
  const treatment = createTreatment({ runs, training, planner, knowledge, diagnose: diagnoses.ofRun })
  const ended = async (id: string, attempts: number): Promise<RunView> => {
    for (let tries = 0; tries < 400; tries += 1) {
      const view = projection.read().runs[id]
      if (view !== undefined && view.endedAt !== null && view.attempts.length === attempts) return view
      await new Promise((later) => setTimeout(later, 50))
    }
    throw new Error(`waited in vain: ${JSON.stringify(projection.read().runs[id])}`)
  }
  const file = join(base, 'train.py')
  await writeFile(file, trainer)
  const argv = ['python3', file, `${MICRO}=4`, 'trainer.logger=["console"]']
  const work = { kind: 'command' as const, argv, cwd: null, env: {}, steps: null }
  const request = { name: 'oom', work, environment: 'here', restarts: 0, cluster: null }
  const { run } = await training.start({ requestId: 'a', request })
  return { run, runs, diagnoses, treatment, ended }
}

describe('a run that died', () => {
  it('is told why, changed by a remedy and tried again, until it lives', { timeout: 60_000 }, async () => {
    const { run, runs, diagnoses, treatment, ended } = await place()
    await ended(run, 1)
    const { status, root } = await diagnoses.of({ kind: 'run', id: run })
    expect(status).toBe('crash')
    expect(root).toMatchObject({ signature: 'cuda-oom', phase: 'update', confidence: 'high' })

    const halve = `option ${MICRO}=2`
    const [first] = await treatment.offered(run)
    expect(first).toMatchObject({ id: halve, applies: true, tried: null })
    expect(first?.changes).toEqual([{ key: MICRO, before: '4', after: '2', variable: false }])
    await treatment.apply({ requestId: 'b', id: run, remedy: halve })
    await ended(run, 2)

    // It did not help: it is remembered, and the next one is offered.
    const offered = await treatment.offered(run)
    expect(offered[0]?.changes).toEqual([{ key: MICRO, before: '2', after: '1', variable: false }])
    expect(offered.at(-1)).toMatchObject({ id: halve, applies: false, tried: { attempt: 1, helped: false } })
    await treatment.apply({ requestId: 'c', id: run, remedy: offered[0]?.id ?? '' })
    expect(await ended(run, 3)).toMatchObject({ status: 'finished', lastStep: 1 })
    expect(runs.spec(run).argv).toContain('trainer.logger=["console"]')
    expect(await diagnoses.of({ kind: 'run', id: run })).toMatchObject({ status: 'clean', root: null })
  })

  it('is not changed by what was not offered', { timeout: 60_000 }, async () => {
    const { run, treatment, ended } = await place()
    await ended(run, 1)
    const apply = treatment.apply({ requestId: 'x', id: run, remedy: 'env LD_PRELOAD=/evil.so' })
    await expect(apply).rejects.toMatchObject({ data: { code: 'NOT_FOUND' } })
  })
})
