import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client, MetricPoint, PlanRequest, RunView } from '#contract'
import { openDoor, type Door } from '#core'
import { prefixPython } from '../../main/core/env/workshop'
import { gpu, machine } from '../support/machine'
import { copyTo, runSql, sums } from '../support/tables'
import { trlPrefix } from '../support/trl-python'

/**
 * A plan for a card that no verl runs on, trained by real TRL on this machine's processor, through the contract that
 * the command line and the page use.
 */
let root: string
let door: Door
let client: Client
let environment: string
const place = (...names: string[]) => join(root, ...names)

beforeAll(async () => {
  const prefix = await trlPrefix()
  root = await mkdtemp(join(tmpdir(), 'trl 训练-'))
  await mkdir(place('data 数据'))
  await runSql(
    copyTo(problems('train', 32), place('data 数据', 'train.parquet'), 'FORMAT parquet'),
    copyTo(problems('test', 4), place('data 数据', 'test.parquet'), 'FORMAT parquet'),
  )
  const maker = resolve('resources', 'python', 'make_practice_model.py')
  const made = spawnSync(
    prefixPython(prefix),
    [maker, '--train', place('data 数据', 'train.parquet'), '--out', place('小 model'), '--warmup-steps', '3'],
    { encoding: 'utf8', env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } },
  )
  expect(made.status, made.stderr).toBe(0)
  door = openDoor({ root: place('root 根'), resources: resolve('resources'), version: '0.0.0' })
  client = await door.client()
  environment = (await client.environments.adopt({ path: prefix })).id
}, 900_000)
afterAll(async () => {
  await door.dispose()
  await rm(root, { recursive: true, force: true })
})

/** Real GSM8K where it is there, else sums in its form. */
function problems(split: string, rows: number): string {
  const file = resolve('..', 'shared', 'data', 'gsm8k', `${split}.jsonl`)
  if (!existsSync(file)) return sums(rows)
  return `
    SELECT 'openai/gsm8k' AS data_source, [{'role': 'user', 'content': question}] AS prompt, 'math' AS ability,
      {'style': 'rule', 'ground_truth': replace(regexp_extract(answer, '#### (.+)', 1), ',', '')} AS reward_model,
      {'split': '${split}', 'index': 0, 'answer': answer, 'question': question} AS extra_info
    FROM (SELECT * FROM read_json('${file.replaceAll("'", "''")}') LIMIT ${rows})`
}

async function until(id: string, holds: (view: RunView) => boolean): Promise<RunView> {
  for await (const event of await client.watch()) {
    void event
    const view = (await client.snapshot()).runs[id]
    if (view !== undefined && holds(view)) return view
  }
  throw new Error('the watch ended')
}

/** The whole stream, from its first byte. */
async function metrics(id: string): Promise<MetricPoint[]> {
  const points: MetricPoint[] = []
  for (let from = 0; ;) {
    const chunk = await client.runs.readMetrics({ id, from })
    points.push(...chunk.points)
    if (chunk.next >= chunk.size) return points
    from = chunk.next
  }
}

const over = ({ endedAt }: RunView) => endedAt !== null
const val = 'val-core/openai/gsm8k/acc/mean@1'

describe('a plan for TRL', { timeout: 300_000 }, () => {
  it('trains, stops after a checkpoint, goes on from it, and comes home', async () => {
    const plan: PlanRequest = {
      ...{ version: 1, model: place('小 model'), algorithm: 'auto', goal: 'fits', gpu: null },
      ...{ data: place('data 数据'), hardware: machine([gpu('Tesla M40 24GB', '5.2', 22.4)]) },
      changes: { steps: '40', 'save-every': '2', 'batch-size': '2', 'max-response-length': '16' },
    }
    const work = { kind: 'plan' as const, plan, steps: 8 }
    const request = { name: '试 TRL', work, environment, restarts: 0, cluster: null }
    const { run } = await client.runs.start({ requestId: 'a', request })
    await client.runs.stop({ id: run, mode: 'checkpoint' })
    const stopped = await until(run, over)
    expect(stopped).toMatchObject({ status: 'stopped', trainer: 'trl', plannedSteps: 8 })
    const saved = stopped.checkpoint ?? 0
    expect(saved).toBeGreaterThanOrEqual(2)
    expect(saved).toBeLessThan(8)
    const [first] = await client.runs.checkpoints({ id: run })
    // The score is of this very checkpoint, though the training was stopped.
    expect(first).toMatchObject({ step: saved, whole: true, newest: true, score: { step: saved, key: val } })

    expect(await client.runs.resume({ requestId: 'b', id: run, step: null })).toEqual({ run, joined: false })
    const finished = await until(run, (view) => over(view) && view.attempts.length === 2)
    expect(finished).toMatchObject({ status: 'finished', lastStep: 8, checkpoint: 8 })
    expect(finished.attempts).toMatchObject([
      { number: 1, resumedFrom: null, exit: { code: 130 } },
      { number: 2, resumedFrom: saved, exit: { code: 0 } },
    ])
    const points = await metrics(run)
    const trained = points.filter(({ data }) => 'critic/rewards/mean' in data).map(({ step }) => step)
    // What was stopped between a checkpoint and the next is trained again, as verl does, too.
    expect(trained.slice(-(8 - saved))).toEqual(Array.from({ length: 8 - saved }, (_, at) => saved + 1 + at))
    expect(trained.slice(0, saved)).toEqual(Array.from({ length: saved }, (_, at) => at + 1))
    expect(points.filter(({ data }) => val in data).map(({ step }) => step)).toEqual([0, 2, 4, 6, 8])
    const asked = { id: run, kind: 'validation', step: null, prompt: null, minScore: null, maxScore: null } as const
    expect(await client.runs.samples({ ...asked, offset: 0, limit: 2 })).toMatchObject({ step: 8, total: 4 })

    const { job } = await client.runs.merge({ requestId: 'c', id: run, step: 8 })
    for await (const event of await client.watch()) {
      void event
      const view = (await client.snapshot()).jobs[job]
      if (view === undefined || view.status === 'running') continue
      expect(view.error).toBeNull()
      break
    }
    const model = (await client.runs.checkpoints({ id: run })).find(({ step }) => step === 8)?.model
    expect(await readdir(model ?? '')).toContain('model.safetensors')
  })
})
