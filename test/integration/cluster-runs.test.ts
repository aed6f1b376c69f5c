import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client, PlanRequest, PreflightReport, RunRequest, RunView } from '#contract'
import { openDoor, type Door } from '#core'
import { gpu, machine } from '../support/machine'
import { startRay, type RayCluster } from '../support/ray-cluster'
import { copyTo, runSql, sums } from '../support/tables'
import { verlPythons, type VerlPythons } from '../support/verl-pythons'

/**
 * Runs from a plan on a real Ray head with two worker nodes, whose cards are pretended: what trains there is a fake,
 * which takes those cards through Ray, while preflight and merger are those of real verl.
 */
let pythons: VerlPythons
let ray: RayCluster
let root: string
let door: Door
let client: Client
let environment: string
const shared = (...names: string[]) => join(root, '共享 shared', ...names)

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cluster runs 集群-'))
  await mkdir(shared('data'), { recursive: true })
  for (const [name, rows] of [
    ['train', 300],
    ['test', 64],
  ] as const)
    await runSql(copyTo(sums(rows), shared('data', `${name}.parquet`), 'FORMAT parquet'))
  pythons = await verlPythons(['0.6.1'])
  const maker = resolve('resources', 'python', 'make_practice_model.py')
  python([maker, '--train', shared('data', 'train.parquet'), '--out', shared('小 model'), '--warmup-steps', '3'])
  const saved = join(root, 'global_step_2')
  python([resolve('test/fixtures/make_verl_checkpoint.py'), '--model', shared('小 model'), '--out', saved])
  ray = await startRay(pythons.python('0.6.1'), 2, {
    PYTHONPATH: resolve('test/fixtures/fake-verl-on-ray'),
    FAKE_VERL_CHECKPOINT: saved,
  })
  door = openDoor({ root: join(root, 'root 根'), resources: resolve('resources'), version: '0.0.0' })
  client = await door.client()
  environment = (await client.environments.adopt({ path: dirname(dirname(pythons.python('0.6.1'))) })).id
}, 900_000)
afterAll(async () => {
  await door.dispose()
  await ray.close()
  await pythons.close()
  await rm(root, { recursive: true, force: true })
}, 60_000)

function python(args: string[]): void {
  const env = { ...process.env, PYTHONPATH: '', PYTHONDONTWRITEBYTECODE: '1' }
  const done = spawnSync(pythons.python('0.6.1'), args, { encoding: 'utf8', env })
  expect(done.status, done.stderr).toBe(0)
}

function planned(card: [string, string, number], steps: number): RunRequest {
  const plan: PlanRequest = {
    ...{ version: 1, model: shared('小 model'), algorithm: 'auto', goal: 'fits', gpu: null, data: shared('data') },
    ...{ hardware: machine([gpu(...card)]), changes: {} },
  }
  const cluster = { address: ray.address, shared: shared() }
  return { name: '集群', work: { kind: 'plan', plan, steps }, environment, restarts: 0, cluster }
}
const volta: [string, string, number] = ['Tesla V100-SXM2-32GB', '7.0', 32]

async function until(id: string, holds: (view: RunView) => boolean): Promise<RunView> {
  for await (const event of await client.watch()) {
    void event
    const view = (await client.snapshot()).runs[id]
    if (view !== undefined && holds(view)) return view
  }
  throw new Error('the watch ended')
}
const over = ({ endedAt }: RunView) => endedAt !== null

async function jobs(run: string): Promise<Record<string, string>> {
  const answer = (await (await fetch(`${ray.address}/api/jobs/`)).json()) as { submission_id: string; status: string }[]
  const own = answer.filter(({ submission_id }) => submission_id.startsWith(`launchpad-${run}`))
  return Object.fromEntries(
    own.map(({ submission_id, status }) => [submission_id.slice(`launchpad-${run}`.length), status]),
  )
}

async function check(request: RunRequest): Promise<PreflightReport> {
  for await (const event of await client.runs.preflight(request)) if (event.kind === 'result') return event.value
  throw new Error('no report')
}

describe('preflight of a plan for a cluster', { timeout: 180_000 }, () => {
  it('looks at what can be seen from here, and says what cannot', async () => {
    const report = await check(planned(volta, 4))
    expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(report).toMatchObject({ passed: true, verl: '0.6.1' })
    const skipped = report.areas.filter(({ state }) => state === 'skipped')
    expect(skipped.map(({ area }) => area)).toEqual(['environment', 'engine', 'gpu', 'machine', 'disk'])
    expect(new Set(skipped.map(({ params }) => params['reason']))).toEqual(new Set(['on-cluster']))
  })

  it('names a cluster that is not there, files that lie apart, and a folder that is none', async () => {
    const request = planned(volta, 4)
    const gone = await check({ ...request, cluster: { address: 'http://127.0.0.1:9', shared: null } })
    expect(gone.passed).toBe(false)
    expect(gone.findings.map(({ code }) => code)).toContain('PREFLIGHT_CLUSTER_UNREACHABLE')
    const apart = await check({ ...request, cluster: { address: ray.address, shared: join(root, 'none') } })
    expect(apart.findings.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['PREFLIGHT_CLUSTER_SHARED', 'PREFLIGHT_CLUSTER_PATHS']),
    )
    expect(apart.areas.find(({ area }) => area === 'disk')?.state).toBe('failed')
  })

  it('says that TRL knows no cluster', async () => {
    const request = planned(['Tesla M40 24GB', '5.2', 22.4], 4)
    for (const asked of [() => check(request), () => client.runs.start({ requestId: 'trl', request })])
      await expect(asked()).rejects.toMatchObject({ data: { code: 'CLUSTER_NEEDS_VERL' } })
  })
})

describe('a run from a plan', { timeout: 300_000 }, () => {
  it('is watched, stopped after a checkpoint, gone on with, and comes home from the shared folder', async () => {
    const { run } = await client.runs.start({ requestId: 'a', request: planned(volta, 14) })
    const place = shared('verl-launchpad', run)
    await until(run, ({ phase, lastStep }) => phase?.id === 'steps' && lastStep !== null)
    await client.runs.stop({ id: run, mode: 'checkpoint' })
    const stopped = await until(run, over)
    expect(stopped).toMatchObject({ status: 'stopped', trainer: 'verl', cluster: ray.address, plannedSteps: 14 })
    const saved = stopped.checkpoint ?? 0
    expect(saved).toBeGreaterThanOrEqual(2)
    expect(await jobs(run)).toEqual({ '': 'STOPPED' })
    expect((await client.runs.readLog({ id: run, from: 0, max: 1_000_000 })).text).toContain('nodes 2')

    await client.runs.resume({ requestId: 'b', id: run, step: null })
    const finished = await until(run, (view) => over(view) && view.attempts.length === 2)
    expect(finished).toMatchObject({ status: 'finished', lastStep: 14, checkpoint: 14 })
    expect(finished.attempts[1]).toMatchObject({ resumedFrom: saved, exit: { code: 0 } })
    expect(await jobs(run)).toEqual({ '': 'STOPPED', '-2': 'SUCCEEDED' })
    const { points } = await client.runs.readMetrics({ id: run, from: 0 })
    expect(points[0]).toMatchObject({ step: 1 })

    // Older ones went: the newest is the best, too.
    const checkpoints = await client.runs.checkpoints({ id: run })
    expect(checkpoints).toMatchObject([{ step: 14, newest: true, best: true, score: { value: 0.14 } }])
    expect(checkpoints[0]?.path).toBe(join(place, 'checkpoints', 'global_step_14'))
    const asked = { id: run, kind: 'train', step: null, prompt: null, minScore: null, maxScore: null } as const
    expect(await client.runs.samples({ ...asked, offset: 0, limit: 2 })).toMatchObject({ step: 14, total: 4 })

    const { job } = await client.runs.merge({ requestId: 'c', id: run, step: 14 })
    for await (const event of await client.watch()) {
      void event
      const view = (await client.snapshot()).jobs[job]
      if (view === undefined || view.status === 'running') continue
      expect(view.error).toBeNull()
      break
    }
    const model = (await client.runs.checkpoints({ id: run }))[0]?.model ?? ''
    expect(await readdir(model)).toContain('config.json')
    await client.runs.remove({ id: run })
    expect(existsSync(place)).toBe(false)
  })

  it('stopped at once leaves no job behind', async () => {
    const { run } = await client.runs.start({ requestId: 'd', request: planned(volta, 500) })
    await until(run, ({ lastStep }) => lastStep !== null)
    await client.runs.stop({ id: run, mode: 'now' })
    expect((await until(run, over)).status).toBe('stopped')
    expect(await jobs(run)).toEqual({ '': 'STOPPED' })
  })
})
