import { spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AskReport, JobView } from '#contract'
import { createTakeHome, type TakeHome } from '../../main/core/checkpoint/take-home'
import { openJobs, type Jobs } from '../../main/core/jobs/jobs'
import { openJournal } from '../../main/core/jobs/journal'
import { createLedger } from '../../main/core/space/ledger'
import { createProjection, type ProjectionStore } from '../../main/core/state/projection'
import { prepareRoot, type RootLayout } from '../../main/core/state/root'
import { openRuns, type Runs } from '../../main/core/train/runs'
import { emptyProjection } from '../support/empty-projection'
import { copyTo, runSql, sums } from '../support/tables'
import type { VerlVersion } from '../support/verl-environments'
import { verlPythons, type VerlPythons } from '../support/verl-pythons'

/** Checkpoints that the real FSDPCheckpointManager of each verl wrote become models, with that verl's own merger. */
const resources = resolve('resources')
const never = () => new AbortController().signal
let pythons: VerlPythons
let root: string
let layout: RootLayout
let projection: ProjectionStore
let runs: Runs
let jobs: Jobs
let home: TakeHome
let base: string
let data: string

beforeAll(async () => {
  pythons = await verlPythons()
  root = await mkdtemp(join(tmpdir(), 'take home 带回-'))
  layout = await prepareRoot(join(root, 'root 根'))
  projection = createProjection(emptyProjection(layout.root))
  runs = await openRuns({ folder: layout.runs, resources, projection })
  const journal = await openJournal(join(layout.jobs, 'journal.jsonl'))
  jobs = await openJobs({ folder: layout.jobs, journal, projection, onSettled: () => Promise.resolve() })
  const environments = () => projection.read().environments
  home = createTakeHome({ runs, jobs, resources, layout, ledger: createLedger(), projection, environments })
  base = join(root, 'tiny 模型')
  data = join(root, "test it's.parquet")
  await runSql(copyTo(sums(64), data, 'FORMAT parquet'))
  // With the oldest transformers, whose tokenizer files all of them read.
  python('0.5.0', [
    join(resources, 'python', 'make_practice_model.py'),
    '--train',
    data,
    '--out',
    base,
    '--warmup-steps',
    '3',
  ])
}, 600_000)
afterAll(async () => {
  await jobs.dispose()
  runs.dispose()
  await pythons.close()
  await rm(root, { recursive: true, force: true })
})

function python(verl: VerlVersion, args: string[]): string {
  const env = { ...process.env, PYTHONPATH: '', PYTHONDONTWRITEBYTECODE: '1' }
  const done = spawnSync(pythons.python(verl), args, { encoding: 'utf8', env })
  expect(done.status, done.stderr).toBe(0)
  return done.stdout
}

/** A run that is over, whose command names what a training of verl names. */
async function run(verl: VerlVersion, words: string[] = []): Promise<string> {
  const program = pythons.python(verl)
  const quoted = data.replaceAll("'", "\\'")
  const argv = [program, '-c', '', `actor_rollout_ref.model.path=${base}`, `data.val_files='${quoted}'`, ...words]
  const launch = { python: program, argv: () => argv, name: '试 run', trainer: 'verl' as const }
  const id = await runs.start({ ...launch, plannedSteps: 2, env: () => ({}), options: {}, digests: {} })
  await runs.ended(id, never(), () => undefined)
  return id
}

const checkpointOf = (id: string, step: number) => join(runs.folder(id), 'checkpoints', `global_step_${step}`)
const modelOf = (id: string, step: number) => join(runs.folder(id), 'models', `step-${step}`)

async function checkpointed(verl: VerlVersion, flags: string[], words: string[] = []): Promise<string> {
  const id = await run(verl, words)
  python(verl, [
    resolve('test/fixtures/make_verl_checkpoint.py'),
    '--model',
    base,
    '--out',
    checkpointOf(id, 2),
    ...flags,
  ])
  return id
}

async function ended(job: string): Promise<JobView> {
  for await (const _event of projection.watch()) {
    const view = projection.read().jobs[job]
    if (view !== undefined && view.status !== 'running') return view
  }
  throw new Error('the watch ended')
}

async function merged(id: string): Promise<JobView> {
  const job = await ended((await home.merge({ id, step: 2 })).job)
  expect(job.error).toBeNull()
  return job
}

const compare = `import json, sys, torch
from transformers import AutoModelForCausalLM
told = json.load(open(sys.argv[1]))
model = AutoModelForCausalLM.from_pretrained(sys.argv[2], torch_dtype=torch.float32)
with torch.no_grad(): logits = model(torch.tensor([told["ids"]])).logits[0]
trained = torch.tensor(told["logits"])
print(((logits - trained).abs().max() / trained.abs().max()).item())`

const difference = (verl: VerlVersion, id: string) =>
  Number(python(verl, ['-c', compare, join(checkpointOf(id, 2), 'logits.json'), modelOf(id, 2)]))

describe('a checkpoint of verl', { timeout: 300_000 }, () => {
  const layouts: [VerlVersion, string[]][] = [
    ['0.5.0', ['--version', '1']],
    ['0.6.1', ['--version', '2', '--world', '2']],
    ['0.9.1', ['--version', '2']],
  ]
  it.each(layouts)('of %s becomes the very model that was trained, and answers', async (verl, flags) => {
    const id = await checkpointed(verl, flags)
    const job = await merged(id)
    expect(job.steps.map((step) => [step.id, step.status])).toEqual([
      ['model.merge', 'done'],
      ['model.prove', 'done'],
    ])
    expect(difference(verl, id)).toBeLessThan(1e-5)
    const names = await readdir(modelOf(id, 2))
    expect(names).toEqual(expect.arrayContaining(['README.md', 'generation_config.json', 'tokenizer.json']))
    expect(await readFile(join(modelOf(id, 2), 'README.md'), 'utf8')).toContain(`verl ${verl}`)
    const note = JSON.parse(await readFile(`${modelOf(id, 2)}.json`, 'utf8')) as { said: unknown; merged: unknown }
    expect(note).toMatchObject({ said: { prompt: expect.any(String) as string }, merged: { dtype: 'bfloat16', verl } })
    expect((await merged(id)).steps.map(({ status }) => status)).toEqual(['kept', 'kept'])
  })

  const adapters: [VerlVersion, string[], string[]][] = [
    ['0.5.0', ['--adapter'], []],
    ['0.6.1', [], ['actor_rollout_ref.model.lora_alpha=8']],
    ['0.9.1', [], []],
  ]
  it.each(adapters)('of %s with LoRA: the adapter has its alpha, and is in the weights', async (verl, flags, words) => {
    const id = await checkpointed(verl, ['--lora', ...flags], words)
    await merged(id)
    expect(difference(verl, id)).toBeLessThan(0.02)
    const config = JSON.parse(
      await readFile(join(modelOf(id, 2), 'lora_adapter', 'adapter_config.json'), 'utf8'),
    ) as object
    expect(config).toMatchObject({ lora_alpha: 8, r: 4 })
  })

  it('that is cut or not there is said to be broken, and leaves nothing behind', async () => {
    const id = await checkpointed('0.6.1', ['--world', '2'])
    await rm(join(checkpointOf(id, 2), 'actor', 'model_world_size_2_rank_1.pt'))
    const job = await ended((await home.merge({ id, step: 2 })).job)
    expect(job.error).toMatchObject({ code: 'CHECKPOINT_BROKEN' })
    await expect(readdir(modelOf(id, 2))).rejects.toThrow()
    await expect(home.merge({ id, step: 7 })).rejects.toMatchObject({ data: { code: 'NOT_FOUND' } })
  })
})

async function report(asking: ReturnType<TakeHome['ask']>) {
  const progress: number[] = []
  for await (const event of asking) {
    if (event.kind === 'result') return { progress, value: event.value satisfies AskReport }
    progress.push(event.done)
  }
  throw new Error('no report')
}

describe('a checkpoint of TRL', { timeout: 300_000 }, () => {
  it('is copied without what only training needs; asked before that, it is merged first', async () => {
    const id = await run('0.9.1')
    await mkdir(checkpointOf(id, 2), { recursive: true })
    await cp(base, checkpointOf(id, 2), { recursive: true })
    await writeFile(join(checkpointOf(id, 2), 'optimizer.pt'), 'x')
    const asked = { id, step: null, rows: [0, 5], questions: ['汉字?'], maxTokens: 8 }
    const { value, progress } = await report(home.ask(asked, never()))
    expect(value).toMatchObject({ device: 'cpu', step: 2 })
    expect(progress.at(-1)).toBe(6)
    expect(value.answers.map(({ row, truth }) => [row, truth === null])).toEqual([
      [0, false],
      [5, false],
      [null, true],
    ])
    // The same model, asked twice.
    for (const { base: before, trained } of value.answers) expect(before).toEqual(trained)
    expect(value.answers.map(({ trained }) => trained?.score)).toEqual([0, 0, null])
    const names = await readdir(modelOf(id, 2))
    expect(names).toContain('model.safetensors')
    expect(names).not.toContain('optimizer.pt')

    const folder = join(root, '导出 folder')
    const exported = await ended((await home.export({ id, step: 2, folder })).job)
    expect(exported.error).toBeNull()
    expect((await readdir(folder)).sort()).toEqual(names.sort())
    expect(await readFile(join(folder, 'model.safetensors'))).toEqual(
      await readFile(join(modelOf(id, 2), 'model.safetensors')),
    )
    await expect(home.export({ id, step: 2, folder })).rejects.toMatchObject({ data: { code: 'FOLDER_NOT_EMPTY' } })
    await expect(report(home.ask({ ...asked, rows: [9999] }, never()))).rejects.toMatchObject({
      data: { code: 'BAD_INPUT' },
    })
    await expect(report(home.ask({ ...asked, id: 'none' }, never()))).rejects.toMatchObject({
      data: { code: 'NOT_FOUND' },
    })
  })
})
