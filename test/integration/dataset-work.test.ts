import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  PreparedCard,
  type Client,
  type DataRecipe,
  type DataRef,
  type JobView,
  type PreparedData,
  type Watched,
} from '#contract'
import { openDoor, type Door } from '#core'
import { applyChange } from '#contract/apply-change'
import { refOf } from '../support/dataset'

/** The workbench as every door uses it: a worker thread, a real data root, real files. */
let door: Door
let client: Client
let root: string
let folder: string

const problem = (at: number) => ({
  question: `Ann has ${at} pears and buys ${at + 1} more. How many has she?`,
  answer: `She has ${at}+${at + 1}=<<${at}+${at + 1}=${2 * at + 1}>>${2 * at + 1} pears.\n#### ${2 * at + 1}`,
})
const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => JSON.stringify(problem(from + at))).join('\n')

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'launchpad 数据 '))
  folder = join(root, 'my 数据')
  await mkdir(folder)
  await writeFile(join(folder, 'train.jsonl'), lines(0, 600))
  await writeFile(join(folder, 'test.jsonl'), lines(590, 640))
  door = openDoor({ root: join(root, 'root'), resources: resolve('resources'), version: 'test' })
  client = await door.client()
})
afterAll(async () => {
  await door.dispose()
  await rm(root, { recursive: true, force: true })
})

async function result<Value>(asking: Promise<AsyncIterable<Watched<Value>>>): Promise<Value> {
  for await (const news of await asking) if (news.kind === 'result') return news.value
  throw new Error('no result')
}

async function ended(job: string): Promise<JobView> {
  let state = await client.snapshot()
  for await (const event of await client.watch()) {
    state = event.kind === 'snapshot' ? event.state : event.changes.reduce(applyChange, state)
    const view = state.jobs[job]
    if (view !== undefined && view.status !== 'running') return view
  }
  throw new Error('the core ended')
}

async function convert(recipe: DataRecipe, change: { data?: DataRef; out?: string; name?: string } = {}) {
  const { data = refOf(folder, { split: 'train' }), out = null, name = 'pears' } = change
  const test = recipe.split.kind === 'given' ? refOf(folder, { split: 'test' }) : null
  const asked = { name, data, test, recipe, ask: null, out, environment: null }
  const { job } = await client.dataset.convert({ requestId: crypto.randomUUID(), ...asked })
  return ended(job)
}

const prepared = async (): Promise<PreparedData[]> => Object.values((await client.snapshot()).datasets)

describe('a folder of JSON lines', () => {
  it('is recognised, mapped, scored, checked and written as verl reads it', async () => {
    const data = refOf(folder, { split: 'train' })
    const opened = await result(client.dataset.prepare(data))
    expect(opened).toMatchObject({ rows: 600, split: 'train', findings: [] })
    expect(opened.configs[0]?.splits).toEqual(['train', 'test'])
    const { recipe, test } = await client.dataset.suggest(data)
    expect({ preset: recipe.preset, test, split: recipe.split.kind }).toEqual({
      preset: 'gsm8k',
      test: 'test',
      split: 'given',
    })
    const [mapped] = await client.dataset.map({ data, recipe, split: 'train', from: 7, count: 1 })
    expect(mapped?.row).toMatchObject({
      data_source: 'openai/gsm8k',
      reward_model: { style: 'rule', ground_truth: '15' },
      extra_info: { split: 'train', index: 7 },
    })
    const gold = await result(client.dataset.reward({ data, recipe, scorer: { kind: 'rule' }, completions: 'gold' }))
    expect(gold).toMatchObject({ rows: 600, right: 600, shown: [] })
    const wrong = [{ index: 7, text: 'It is \\boxed{15}' }]
    const typed = await result(client.dataset.reward({ data, recipe, scorer: { kind: 'rule' }, completions: wrong }))
    expect(typed.shown[0]).toMatchObject({ index: 7, score: 0, truth: '15', found: null })
    expect(typed.shown[0]?.reason?.code).toMatch(/^REWARD_/)

    const report = await result(
      client.dataset.lint({
        ...{ data, test: refOf(folder, { split: 'test' }), recipe, ask: null },
        ...{ maxPromptTokens: null, batch: 1024, filtersOverlong: true },
      }),
    )
    const codes = report.findings.map(({ code }) => code)
    expect(report.findings.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual([
      'DATA_FEWER_THAN_BATCH',
    ])
    expect(codes).toContain('DATA_LEAKED')
    const fix = report.findings.find(({ code }) => code === 'DATA_LEAKED')?.fix?.recipe
    expect(fix?.drop.leaked).toBe(true)

    const job = await convert(fix ?? recipe)
    expect(job).toMatchObject({ status: 'done', error: null })
    const [made] = await prepared()
    expect(made?.card).toMatchObject({
      train: { read: 600, written: 590, dropped: { DATA_ROW_LEAKED: 10 } },
      test: { read: 50, written: 50, dropped: {} },
    })
    expect((await readdir(made?.folder ?? '')).sort()).toEqual([
      'card.json',
      'recipe.yaml',
      'test.parquet',
      'train.parquet',
    ])
    const again = await client.dataset.importRecipe({
      text: await readFile(join(made?.folder ?? '', 'recipe.yaml'), 'utf8'),
    })
    expect(again).toEqual(made?.card.recipe)
  })

  it('the same request is the same dataset; another seed is another', async () => {
    const { recipe } = await client.dataset.suggest(refOf(folder, { split: 'train' }))
    const before = (await prepared()).length
    const share: DataRecipe = { ...recipe, split: { kind: 'share', test: 0.1 } }
    await convert(share)
    expect((await convert(share)).steps.every(({ status }) => status === 'kept')).toBe(true)
    expect((await prepared()).length).toBe(before + 1)
    await convert({ ...share, seed: 7 })
    const both = (await prepared()).filter(({ card }) => card.recipe.split.kind === 'share')
    expect(both.map(({ card }) => card.test?.written)).toEqual([60, 60])
    expect(new Set(both.map(({ card }) => card.files[0]?.sha256)).size).toBe(2)
  })

  it('goes into a folder of the user, but never over what is there', async () => {
    const { recipe } = await client.dataset.suggest(refOf(folder, { split: 'train' }))
    const out = join(root, 'my out')
    expect(await convert(recipe, { out })).toMatchObject({ status: 'done' })
    expect(PreparedCard.parse(JSON.parse(await readFile(join(out, 'card.json'), 'utf8'))).train.written).toBe(600)
    const taken = join(root, 'taken')
    await mkdir(taken)
    await writeFile(join(taken, 'thesis.txt'), 'mine')
    expect(await convert(recipe, { out: taken })).toMatchObject({ status: 'failed', error: { code: 'NOT_OURS' } })
    expect(await readdir(taken)).toEqual(['thesis.txt'])
  })

  it('a dataset that was written is opened as one, and can be deleted', async () => {
    const [first] = await prepared()
    const data = refOf(first?.folder ?? '')
    const { recipe } = await client.dataset.suggest(data)
    expect(recipe.preset).toBe('verl')
    const gold = await result(client.dataset.reward({ data, recipe, scorer: { kind: 'rule' }, completions: 'gold' }))
    expect(gold.right).toBe(gold.rows)
    await client.dataset.remove({ key: first?.key ?? '' })
    expect((await prepared()).map(({ key }) => key)).not.toContain(first?.key)
    await expect(client.dataset.remove({ key: first?.key ?? '' })).rejects.toMatchObject({
      data: { code: 'NOT_FOUND' },
    })
  })

  it('rows without an answer stop the writing, or are left out and counted', async () => {
    const file = join(root, 'holes.jsonl')
    await writeFile(file, `${lines(0, 5)}\n${JSON.stringify({ question: 'Why?', answer: 'Because.' })}\n`)
    const { recipe } = await client.dataset.suggest(refOf(folder, { split: 'train' }))
    const none: DataRecipe = { ...recipe, split: { kind: 'none' } }
    const data = refOf(file)
    expect((await convert(none, { data, name: 'holes' })).error).toMatchObject({
      code: 'DATA_ROWS_FAIL',
      params: { count: 1, row: 5 },
    })
    expect((await prepared()).map(({ card }) => card.name)).not.toContain('holes')
    const job = await convert({ ...none, drop: { ...none.drop, noAnswer: true } }, { data, name: 'holes' })
    expect(job.status).toBe('done')
    const made = (await prepared()).find(({ card }) => card.name === 'holes')
    expect(made?.card.train).toMatchObject({ read: 6, written: 5, dropped: { DATA_ANSWER_NOT_FOUND: 1 } })
  })

  it('a pattern that would hold a program for ever is answered like any other', async () => {
    const { recipe } = await client.dataset.suggest(refOf(folder, { split: 'train' }))
    const file = join(root, 'slow.jsonl')
    await writeFile(file, JSON.stringify({ question: 'q', answer: `${'a'.repeat(60)}!` }))
    const answer = { rule: 'regex' as const, pattern: '^(a+)+$', clean: [] }
    const asked = { data: refOf(file), recipe: { ...recipe, answer }, split: 'train' as const, from: 0, count: 1 }
    const [row] = await client.dataset.map(asked)
    expect(row?.problem?.code).toBe('DATA_ANSWER_NOT_FOUND')
    const bad = { ...asked, recipe: { ...recipe, answer: { ...answer, pattern: '(' } } }
    await expect(client.dataset.map(bad)).rejects.toMatchObject({ data: { code: 'DATA_PATTERN_BAD' } })
  })
})
