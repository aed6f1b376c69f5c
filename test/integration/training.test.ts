import { mkdir, mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { EnvironmentView, RunRequest, RunView } from '#contract'
import { createProjection } from '../../main/core/state/projection'
import { readAllMetrics } from '../../main/core/train/attempts'
import { openRuns } from '../../main/core/train/runs'
import { readSamples } from '../../main/core/train/samples'
import { createTraining } from '../../main/core/train/training'
import { emptyProjection } from '../support/empty-projection'

/** A program that behaves like verl: its lines, its checkpoints with their tracker, its dumps, its way to resume. */
const trainer = `
import json, os, sys, time
run = os.environ["LAUNCHPAD_RUN_DIR"]
folder = os.path.join(run, "checkpoints")
tracker = os.path.join(folder, "latest_checkpointed_iteration.txt")
begin, steps = int(sys.argv[2]) if len(sys.argv) > 2 else 0, int(sys.argv[1])
for text in ("ray init kwargs: {}", "(TaskRunner pid=3) TaskRunner hostname: vm, PID: 3", "Using dataset class: RLHFDataset",
             "Training from scratch" if begin == 0 else f"Setting global step to {begin}"):
    print(text, flush=True)
for name in ("rollouts", "validations"):
    os.makedirs(os.path.join(run, name), exist_ok=True)
for step in range(begin + 1, steps + 1):
    time.sleep(0.1)
    score = f" - val-core/openai/gsm8k/acc/mean@1:{0.5 if step == 4 else 0.1}" if step % 2 == 0 else ""
    print(f"\\x1b[36m(TaskRunner pid=3)\\x1b[0m step:{step} - critic/rewards/mean:np.float64({step / 100})"
          f" - critic/score/max:1.0 - critic/score/min:0.0 - timing_s/step:0.1{score}", flush=True)
    with open(os.path.join(run, "rollouts", f"{step}.jsonl"), "w") as file:
        for n in range(4):
            file.write(json.dumps({"input": f"问题 {n}", "output": f"answer {step}", "gts": "42", "score": float(n % 2), "step": step}) + "\\n")
    if step % 2 == 0:
        os.makedirs(os.path.join(folder, f"global_step_{step}", "actor"), exist_ok=True)
        with open(tracker, "w") as file: file.write(str(step))
`

const environment = { id: 'here', recipe: null, program: 'python3', status: 'ready' } as unknown as EnvironmentView
const opened: { dispose(): void }[] = []
afterEach(() => {
  for (const one of opened.splice(0)) one.dispose()
})

async function place(folder?: string) {
  const base = folder ?? join(await mkdtemp(join(tmpdir(), 'training 训练 ')), 'runs')
  await mkdir(base, { recursive: true })
  const projection = createProjection(emptyProjection())
  const runs = await openRuns({ folder: base, resources: resolve('resources'), projection })
  const training = createTraining({
    runs,
    planner: () => Promise.reject(new Error('no plan here')),
    environments: () => ({ here: environment }),
    clusters: {
      look: () => Promise.reject(new Error('no cluster here')),
      setToken: () => Promise.resolve(),
      token: () => Promise.resolve(null),
    },
    variables: () => Promise.resolve({ PATH: process.env['PATH'] ?? '' }),
    onFault: () => undefined,
  })
  opened.push(runs, training)
  const views = () => projection.read().runs
  const until = async (id: string, holds: (view: RunView) => boolean) => {
    for (let tries = 0; tries < 400; tries += 1) {
      const view = views()[id]
      if (view !== undefined && holds(view)) return view
      await new Promise((later) => setTimeout(later, 50))
    }
    throw new Error(`waited in vain: ${JSON.stringify(views()[id])}`)
  }
  return { base, runs, training, views, until }
}

const script = async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'trainer ')), 'train.py')
  await writeFile(file, trainer)
  return file
}
const request = (file: string, steps: number, more: Partial<RunRequest> = {}): RunRequest => ({
  name: '试跑',
  work: { kind: 'command', argv: ['python3', file, String(steps)], cwd: null, env: {}, steps },
  environment: 'here',
  restarts: 0,
  cluster: null,
  ...more,
})
const over = ({ endedAt }: RunView) => endedAt !== null

describe('a training', () => {
  it('shows its steps, its best validation, its checkpoints and its samples', { timeout: 60_000 }, async () => {
    const { training, until, runs } = await place()
    const { run } = await training.start({ requestId: 'a', request: request(await script(), 6) })
    const end = await until(run, over)
    expect(end).toMatchObject({
      ...{ status: 'finished', name: '试跑', lastStep: 6, lastReward: 0.06, plannedSteps: 6, checkpoint: 6 },
      best: { key: 'val-core/openai/gsm8k/acc/mean@1', step: 4, value: 0.5 },
      validation: { step: 6, value: 0.1 },
      ...{ phase: null, findings: [], unseen: false },
    })
    expect(end.attempts).toMatchObject([{ number: 1, resumedFrom: null, exit: { code: 0, signal: null } }])
    const checkpoints = await training.checkpoints(run)
    expect(checkpoints.map(({ step, best, newest, whole }) => ({ step, best, newest, whole }))).toEqual([
      { step: 2, best: false, newest: false, whole: true },
      { step: 4, best: true, newest: false, whole: true },
      { step: 6, best: false, newest: true, whole: true },
    ])
    const asked = { id: run, kind: 'train', step: null, prompt: null, minScore: null, maxScore: null } as const
    const newest = await readSamples(runs.folder(run), { ...asked, minScore: 0.5, offset: 0, limit: 10 })
    expect(newest).toMatchObject({ steps: [1, 2, 3, 4, 5, 6], step: 6, total: 2 })
    const over_ = await readSamples(runs.folder(run), { ...asked, prompt: '问题 1', offset: 2, limit: 2 })
    expect(over_).toMatchObject({ step: null, total: 6, samples: [{ step: 3, answer: 'answer 3' }, { step: 4 }] })
  })

  it('is started once, however often the same is asked for, also by a later core', { timeout: 60_000 }, async () => {
    const { training, base, until } = await place()
    const asked = { requestId: 'once', request: request(await script(), 2) }
    const both = await Promise.all([training.start(asked), training.start(asked)])
    expect(new Set(both.map(({ run }) => run)).size).toBe(1)
    expect(both.map(({ joined }) => joined).sort()).toEqual([false, true])
    await until(both[0].run, over)
    const later = await place(base)
    expect(await later.training.start(asked)).toEqual({ run: both[0].run, joined: true })
  })

  it('waits for the card, in an order that can be changed, and starts by itself', { timeout: 60_000 }, async () => {
    const { training, until, views, runs } = await place()
    const file = await script()
    const start = async (requestId: string, steps: number) =>
      (await training.start({ requestId, request: request(file, steps, { name: requestId }) })).run
    const first = await start('first', 30)
    const [second, third, fourth] = [await start('second', 2), await start('third', 2), await start('fourth', 2)]
    await until(fourth, ({ queued }) => queued === 3)
    expect(views()[first]?.queued).toBeNull()
    await training.first(third)
    await until(second, ({ queued }) => queued === 2)
    await runs.stop(fourth, 'staged')
    expect((await until(fourth, over)).status).toBe('stopped')
    const [secondView, thirdView] = [await until(second, over), await until(third, over)]
    expect([secondView.status, thirdView.status]).toEqual(['finished', 'finished'])
    expect(thirdView.endedAt ?? 0).toBeLessThan(secondView.endedAt ?? 0)
  })

  it(
    'stops after the next checkpoint, goes on from any of them, and its metrics go on, too',
    { timeout: 60_000 },
    async () => {
      const { training, until, runs } = await place()
      const file = await script()
      const { run } = await training.start({ requestId: 'a', request: request(file, 300) })
      await until(run, ({ lastStep }) => (lastStep ?? 0) >= 3)
      await runs.stop(run, 'checkpoint')
      await until(run, ({ stopsAtCheckpoint }) => stopsAtCheckpoint)
      const stopped = await until(run, over)
      expect(stopped.status).toBe('stopped')
      expect((stopped.lastStep ?? 0) - (stopped.checkpoint ?? 0)).toBeLessThanOrEqual(1)

      const spec = runs.spec(run)
      await runs.replace({ ...spec, argv: ['python3', file, '9', '4'] }, false)
      expect(await training.resume({ requestId: 'b', id: run, step: 4 })).toEqual({ run, joined: false })
      const end = await until(run, ({ status, attempts }) => status === 'finished' && attempts.length === 2)
      expect(end.attempts[1]).toMatchObject({ number: 2, resumedFrom: 4, exit: { code: 0 } })
      expect(end).toMatchObject({ lastStep: 9, checkpoint: 8 })
      const { points, next, size } = await readAllMetrics(runs.folder(run), 0)
      const rest = await readAllMetrics(runs.folder(run), next)
      const steps = [...points, ...rest.points].map(({ step }) => step)
      expect(steps.slice(-5)).toEqual([5, 6, 7, 8, 9])
      expect(steps[0]).toBe(1)
      expect(rest.next).toBe(size)
      // How the first attempt ended is kept.
      const before = await readFile(join(runs.folder(run), 'attempts', '1', 'exit.json'), 'utf8')
      expect(JSON.parse(before)).toMatchObject({ stopped: 'interrupt' })
    },
  )

  it('without a checkpoint has nothing to go on from', { timeout: 60_000 }, async () => {
    const { training, until } = await place()
    const { run } = await training.start({ requestId: 'a', request: request(await script(), 1) })
    await until(run, over)
    await expect(training.resume({ requestId: 'b', id: run, step: null })).rejects.toMatchObject({
      data: { code: 'RUN_NO_CHECKPOINTS' },
    })
  })

  it('that ended while nobody was there is told of until somebody looked', { timeout: 60_000 }, async () => {
    const first = await place()
    const { run } = await first.training.start({ requestId: 'a', request: request(await script(), 8) })
    await first.until(run, ({ status }) => status === 'running')
    for (const one of opened.splice(0)) one.dispose()
    const folder = first.runs.folder(run)
    for (let tries = 0; tries < 200 && (await stat(join(folder, 'exit.json')).catch(() => null)) === null; tries += 1)
      await new Promise((later) => setTimeout(later, 100))
    const second = await place(first.base)
    expect(await second.until(run, over)).toMatchObject({ status: 'finished', unseen: true, lastStep: 8 })
    await second.training.seen(run)
    expect(second.views()[run]?.unseen).toBe(false)
    expect((await (await place(first.base)).until(run, over)).unseen).toBe(false)
  })

  it('keeps what is pinned, and removes only what is there', { timeout: 60_000 }, async () => {
    const { training, until } = await place()
    const { run } = await training.start({ requestId: 'a', request: request(await script(), 4) })
    await until(run, over)
    expect((await training.pin(run, 2, true)).find(({ step }) => step === 2)?.pinned).toBe(true)
    expect((await training.removeCheckpoint(run, 2)).map(({ step }) => step)).toEqual([4])
    await expect(training.removeCheckpoint(run, 2)).rejects.toMatchObject({ data: { code: 'NOT_FOUND' } })
  })
})
