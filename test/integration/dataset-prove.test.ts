import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Finding } from '../../main/contract'
import { scoredRows, scoreInEnvironment } from '../../main/core/dataset/reward/in-environment'
import { loadRewards } from '../../main/core/dataset/reward/table'
import { proveWithVerl } from '../../main/core/dataset/write/prove'
import { copyTo, runSql, sums } from '../support/tables'
import { verlPythons, type VerlPythons } from '../support/verl-pythons'
import { verlRecipes, type VerlVersion } from '../support/verl-environments'

const resources = resolve('resources')
const versions = Object.keys(verlRecipes) as VerlVersion[]
let pythons: VerlPythons
let root: string
let train: string
let test: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'prove 证明-'))
  train = join(root, 'train 训练.parquet')
  test = join(root, 'test.parquet')
  await runSql(copyTo(sums(300), train, 'FORMAT parquet'), copyTo(sums(20), test, 'FORMAT parquet'))
  pythons = await verlPythons()
}, 600_000)
afterAll(async () => {
  await pythons.close()
  await rm(root, { recursive: true, force: true })
})

const scratch = () => join(root, 'scratch 草稿')

async function prove(verl: VerlVersion, files: string[], model: string | null = null) {
  const findings: Finding[] = []
  const done: number[] = []
  const proof = await proveWithVerl({
    python: pythons.python(verl),
    resources,
    files,
    model,
    scratch: scratch(),
    signal: AbortSignal.timeout(110_000),
    onFinding: (finding) => findings.push(finding),
    onProgress: (progress) => done.push(progress.done),
  })
  expect(await readdir(scratch())).toEqual([])
  return { proof, findings, done }
}

/** A parquet file with something else in one column. */
async function written(name: string, replace: string, where = 'true'): Promise<string> {
  const file = join(root, `${name}.parquet`)
  await runSql(copyTo(`SELECT * ${replace} FROM (${sums(12)}) WHERE ${where}`, file, 'FORMAT parquet'))
  return file
}

async function collected<T>(from: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const one of from) all.push(one)
  return all
}

/** The files of a tokenizer, as a model has them. */
async function tokenizerOf(name: string, template: string): Promise<string> {
  const folder = join(root, name)
  await mkdir(folder)
  const model = { type: 'WordLevel', vocab: { '<unk>': 0, '<eos>': 1 }, unk_token: '<unk>' }
  const nothing = {
    normalizer: null,
    post_processor: null,
    decoder: null,
    truncation: null,
    padding: null,
    added_tokens: [],
  }
  const tokenizer = { version: '1.0', ...nothing, pre_tokenizer: { type: 'WhitespaceSplit' }, model }
  const config = {
    tokenizer_class: 'PreTrainedTokenizerFast',
    unk_token: '<unk>',
    eos_token: '<eos>',
    chat_template: template,
  }
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer))
  await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify(config))
  return folder
}

describe.each(versions)("verl %s's own reader", (verl) => {
  it('goes through every row of what we write', { timeout: 120_000 }, async () => {
    const { proof, findings, done } = await prove(verl, [train, test])
    expect(proof).toEqual({ verl, rows: 320 })
    expect(findings).toContainEqual({ code: 'DATA_VERL_READS', severity: 'info', params: { rows: 320 } })
    expect(done.at(-1)).toBe(320)
  })

  it("uses a model's own tokenizer and template", { timeout: 120_000 }, async () => {
    const good = await tokenizerOf(`good ${verl}`, '{% for m in messages %}{{ m.role }} : {{ m.content }} {% endfor %}')
    expect((await prove(verl, [test], good)).proof.rows).toBe(20)
    const bad = await tokenizerOf(`bad ${verl}`, "{{ raise_exception('roles must alternate') }}")
    await expect(prove(verl, [test], bad)).rejects.toThrow(/DATA_NOT_PROVED.*row 0.*roles must alternate/)
  })
})

it('refuses what verl cannot read, and says which row', { timeout: 300_000 }, async () => {
  const cases: [string, RegExp][] = [
    [await written('text', 'REPLACE (prompt[1].content AS prompt)'), /row 0: the prompt is not a list/],
    [
      await written(
        'blank',
        "REPLACE (CASE i WHEN 5 THEN [{'role': 'user', 'content': ' '}] ELSE prompt END AS prompt)".replace(
          'CASE i',
          'CASE extra_info.index',
        ),
      ),
      /row 5: the prompt is empty/,
    ],
    [await written('no-source', 'EXCLUDE (data_source)'), /there is no column/],
    [
      await written(
        'no-truth',
        "REPLACE ({'style': 'rule', 'ground_truth': CASE extra_info.index WHEN 3 THEN NULL ELSE '1' END} AS reward_model)",
      ),
      /row 3: there is no ground truth/,
    ],
    [await written('json-info', 'REPLACE (to_json(extra_info)::VARCHAR AS extra_info)'), /row 0: AttributeError/],
  ]
  for (const [file, words] of cases) await expect(prove('0.9.1', [file]), file).rejects.toThrow(words)
})

it('refuses a damaged file and a missing one', { timeout: 120_000 }, async () => {
  const half = join(root, 'half.parquet')
  const bytes = await readFile(train)
  await writeFile(half, bytes.subarray(0, bytes.length / 2))
  await expect(prove('0.6.1', [half])).rejects.toThrow(/DATA_NOT_PROVED.*half\.parquet/)
  await expect(prove('0.6.1', [join(root, 'nowhere.parquet')])).rejects.toThrow(/DATA_NOT_PROVED.*nowhere\.parquet/)
})

it('ends when it is cancelled, and leaves nothing', async () => {
  const asked = new AbortController()
  const proof = proveWithVerl({
    python: pythons.python('0.9.1'),
    resources,
    files: [train],
    model: null,
    scratch: scratch(),
    signal: asked.signal,
    onStart: () => void setTimeout(() => asked.abort(), 300),
  })
  await expect(proof).rejects.toThrow(/abort/i)
  expect(await readdir(scratch())).toEqual([])
})

it("scores with a function of the user's beside verl", { timeout: 120_000 }, async () => {
  const file = join(root, 'my 奖励.py')
  const code = [
    'from verl.utils.reward_score import default_compute_score',
    'async def partly(data_source, solution_str, ground_truth, extra_info=None):',
    '    if extra_info["level"] > 1: raise ValueError("too hard\\u2028really")',
    '    return {"score": default_compute_score(data_source, solution_str, ground_truth) / 2, "pred": "seen"}',
  ]
  await writeFile(file, code.join('\n'))
  const files = { items: join(root, 'items.jsonl'), out: join(root, 'scores.jsonl') }
  const items = ['#### 42', 'a\u2028b #### 42', '#### 41', '#### 42'].map((solution, level) => ({
    index: 10 + level,
    data_source: 'openai/gsm8k',
    solution,
    truth: '42',
    extra_info: { level: level === 3 ? 2 : 0 },
  }))
  await writeFile(files.items, items.map((item) => JSON.stringify(item)).join('\n'))
  const python = pythons.python('0.6.1')
  const signal = AbortSignal.timeout(100_000)
  const scorer = { kind: 'function', environment: 'any', file, name: 'partly' } as const
  const done = await scoreInEnvironment({ ...files, python, resources, signal, scorer })
  expect(done).toEqual({ rows: 4, failed: 1, verl: '0.6.1' })
  const rows = await collected(scoredRows(files.items, files.out, null))
  expect(rows.map(({ index, score, found }) => [index, score, found])).toEqual([
    [10, 0.5, 'seen'],
    [11, 0.5, 'seen'],
    [12, 0, 'seen'],
    [13, null, null],
  ])
  expect(rows[3]?.reason).toMatchObject({ code: 'REWARD_FUNCTION_RAISED', severity: 'error', params: { row: 13 } })

  await scoreInEnvironment({ ...files, python, resources, signal, scorer: { kind: 'verl', environment: 'any' } })
  const rewards = await loadRewards(resources, done.verl)
  const explained = await collected(scoredRows(files.items, files.out, rewards))
  expect(explained.map(({ score, found, reason }) => [score, found, reason?.code])).toEqual([
    [1, '42', undefined],
    [1, '42', undefined],
    [0, '41', 'REWARD_NOT_EQUAL'],
    [1, '42', undefined],
  ])

  const missing = { ...scorer, name: 'missing' }
  const refused = scoreInEnvironment({ ...files, python, resources, signal, scorer: missing })
  await expect(refused).rejects.toThrow(/REWARD_FUNCTION_BAD.*missing/)
})
