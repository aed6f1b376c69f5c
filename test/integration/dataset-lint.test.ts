import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DataProfile, type DataRecipe, type DataRef, type LintRequest } from '#contract'
import { words } from '#contract/locales'
import { lintDataset, type LintParts } from '../../main/core/dataset/lint/lint'
import { compareTables } from '../../main/core/dataset/profile/compare'
import { profileTable } from '../../main/core/dataset/profile/profile'
import { loadPresets } from '../../main/core/dataset/recipe/presets'
import { loadRewards } from '../../main/core/dataset/reward/table'
import { openSources } from '../../main/core/dataset/source'
import type { Sources } from '../../main/core/dataset/types'
import { quiet, recipeOf, refOf } from '../support/dataset'
import { copyTo, runSql } from '../support/tables'

let root: string
let sources: Sources
let parts: LintParts
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lint 检查 '))
  await mkdir(join(root, 'copies'))
  sources = openSources({ cache: join(root, 'copies') })
  const resources = resolve('resources')
  parts = { sources, rewards: await loadRewards(resources), presets: await loadPresets(resources), tokenizer: null }
})
afterAll(async () => {
  await sources.dispose()
  await rm(root, { recursive: true, force: true })
})

async function parquet(name: string, select: string): Promise<DataRef> {
  const file = join(root, `${name}.parquet`)
  await runSql(copyTo(select, file, 'FORMAT parquet'))
  return refOf(file)
}
async function jsonl(name: string, rows: unknown[]): Promise<DataRef> {
  const file = join(root, `${name}.jsonl`)
  await writeFile(file, rows.map((row) => JSON.stringify(row)).join('\n'))
  return refOf(file)
}

async function lint(data: DataRef, recipe: DataRecipe | null, more: Partial<LintRequest> = {}) {
  const asked = { data, test: null, recipe, ask: null, maxPromptTokens: null, batch: null, filtersOverlong: false }
  const { findings } = await lintDataset({ ...asked, ...more }, parts, quiet())
  for (const { code } of findings)
    for (const language of ['en', 'zh-CN'] as const) expect(words[language].finding).toHaveProperty(code)
  return findings
}
const codesOf = (findings: { code: string }[]) => findings.map(({ code }) => code)
/** What a fix leaves when everything is looked at again. */
async function after(data: DataRef, findings: Awaited<ReturnType<typeof lint>>, code: string) {
  const fix = findings.find((one) => one.code === code)?.fix?.recipe
  expect(fix, code).toBeDefined()
  return codesOf(await lint(data, fix ?? null))
}

describe('files as they are', () => {
  it("every mistake of the tutorial's own parquet is named, and one press maps it", async () => {
    const data = await parquet(
      'tutorial',
      `SELECT 'How many? Put the answer in \\boxed{}.' AS prompt, 'It is 4. \\boxed{4}' AS chosen FROM range(20)`,
    )
    const findings = await lint(data, null)
    expect(codesOf(findings)).toEqual(
      expect.arrayContaining([
        'DATA_PROMPT_IS_TEXT',
        'DATA_TRUTH_MISSING',
        'DATA_SOURCE_MISSING',
        'DATA_NO_VALIDATION',
      ]),
    )
    expect(findings.find(({ code }) => code === 'DATA_PROMPT_IS_TEXT')).toMatchObject({
      severity: 'error',
      rows: 20,
      examples: expect.arrayContaining([0, 19]) as number[],
    })
    expect(findings.find(({ code }) => code === 'DATA_PROMPT_IS_TEXT')?.fix?.recipe?.columns.prompt).toBe('prompt')
  })

  it.each([
    ['DATA_TRUTH_NOT_TEXT', `{'style': 'rule', 'ground_truth': 42}`, `'openai/gsm8k'`, `{'index': 1}`],
    ['DATA_SOURCE_UNKNOWN', `{'style': 'rule', 'ground_truth': '42'}`, `'my/data'`, `{'index': 1}`],
    ['DATA_EXTRA_NOT_STRUCT', `{'style': 'rule', 'ground_truth': '42'}`, `'openai/gsm8k'`, `'{"index": 1}'`],
    ['DATA_INDEX_DOUBLE', `{'style': 'rule', 'ground_truth': '42'}`, `'openai/gsm8k'`, `{'index': 1.5::DOUBLE}`],
    ['DATA_TRUTH_EMPTY', `{'style': 'rule', 'ground_truth': ' '}`, `'openai/gsm8k'`, `{'index': 1}`],
    ['DATA_TRUTH_NEVER_RIGHT', `{'style': 'rule', 'ground_truth': '$42'}`, `'openai/gsm8k'`, `{'index': 1}`],
  ])('%s', async (code, model, source, extra) => {
    const prompt = `[{'role': 'user', 'content': 'How many? Answer after ####.'}]`
    const select = `SELECT ${source} AS data_source, ${prompt} AS prompt, 'math' AS ability, ${model} AS reward_model, ${extra} AS extra_info FROM range(3)`
    expect(codesOf(await lint(await parquet(code, select), null))).toContain(code)
  })

  it('rows without anything, questions without a word, pictures', async () => {
    const data = await jsonl('holes', [
      {
        data_source: 'openai/gsm8k',
        prompt: [{ role: 'user', content: ' ' }],
        reward_model: { ground_truth: '1' },
        images: ['a'],
      },
      { data_source: null, prompt: null, reward_model: null, images: null },
    ])
    expect(codesOf(await lint(data, null))).toEqual(
      expect.arrayContaining(['DATA_PROMPT_EMPTY', 'DATA_ROW_ALL_NULL', 'DATA_IMAGES']),
    )
  })
})

describe('rows as they would be written', () => {
  const sums = (count: number, from = 0) =>
    Array.from({ length: count }, (_, at) => ({ question: `${from + at}+1?`, answer: `x\n#### ${from + at + 1}` }))

  it('a prompt that asks for another form than the reward reads is an error, and mended', async () => {
    const data = await jsonl('boxed', sums(30))
    const findings = await lint(data, recipeOf({ instruction: 'Put the answer within \\boxed{}.' }))
    expect(findings[0]).toMatchObject({ code: 'DATA_INSTRUCTION_WRONG', severity: 'error', rows: 30 })
    expect(await after(data, findings, 'DATA_INSTRUCTION_WRONG')).not.toContain('DATA_INSTRUCTION_WRONG')
    expect(codesOf(await lint(data, recipeOf({ instruction: '' })))).toContain('DATA_INSTRUCTION_MISSING')
  })

  it.each([
    ['$42', 'DATA_TRUTH_NEVER_RIGHT'],
    ['1,234', 'DATA_TRUTH_NEVER_RIGHT'],
    ['42.', 'DATA_TRUTH_SPOILED'],
  ])('the answer %j is %s, and is cleaned', async (truth, code) => {
    const data = await jsonl(`truth-${Buffer.from(truth).toString('hex')}`, [{ question: 'q', answer: truth }])
    const findings = await lint(data, recipeOf({ answer: { rule: 'whole', pattern: '', clean: [] } }))
    expect(codesOf(findings)).toContain(code)
    expect(await after(data, findings, code)).not.toContain(code)
  })

  it('what is there twice, in both parts, too little or for other tools', async () => {
    const data = await jsonl('twice', [...sums(10), ...sums(2)])
    const test = await jsonl('test', sums(3, 9))
    const recipe = recipeOf({ split: { kind: 'given' } })
    const findings = await lint(data, recipe, { test, batch: 64 })
    expect(findings.map(({ code, rows, examples }) => [code, rows, examples])).toEqual([
      ['DATA_FEWER_THAN_BATCH', 0, []],
      ['DATA_DUPLICATED', 2, [10, 11]],
      ['DATA_LEAKED', 1, [9]],
    ])
    expect(await after(data, findings, 'DATA_DUPLICATED')).not.toContain('DATA_DUPLICATED')
    const sft = recipeOf({ layout: 'sft', instruction: '' })
    expect(codesOf(await lint(data, sft))).toContain('DATA_LAYOUT_NOT_RL')
  })

  it('rows without an answer stop it, and one press leaves them out', async () => {
    const data = await jsonl('none', [...sums(3), { question: 'Why?', answer: 'Because.' }])
    const findings = await lint(data, recipeOf({ split: { kind: 'share', test: 0.1 } }))
    expect(findings).toMatchObject([{ code: 'DATA_ANSWER_NOT_FOUND', severity: 'error', rows: 1, examples: [3] }])
    const fix = findings[0]?.fix?.recipe ?? null
    expect(await lint(data, fix)).toMatchObject([{ code: 'DATA_ANSWER_NOT_FOUND', severity: 'info' }])
  })
})

describe('columns in numbers', () => {
  it('are counted, whatever is in them and whatever they are called', async () => {
    const data = await parquet(
      'odd',
      `SELECT range AS "a ""b"" 汉字", CASE WHEN range < 10 THEN NULL WHEN range = 11 THEN 'NaN'::DOUBLE WHEN range = 12 THEN 'Infinity'::DOUBLE ELSE range / 2 END AS value, NULL::VARCHAR AS nothing, repeat('x', range::INT) AS text, [range, 1] AS list, [{'role': 'user', 'content': 'q'}] AS messages FROM range(100)`,
    )
    // Through the contract, as a page gets it: it has no NaN.
    const profile = DataProfile.parse(await profileTable(await sources.table(data, quiet()), quiet()))
    const of = (name: string) => profile.columns.find((column) => column.name === name)
    expect(profile.rows).toBe(100)
    expect(of('a "b" 汉字')).toMatchObject({
      nulls: 0,
      distinct: 100,
      measure: 'value',
      quantiles: { p0: 0, p100: 99 },
    })
    expect(of('text')?.histogram?.counts.reduce((sum, count) => sum + count, 0)).toBe(100)
    expect(of('text')).toMatchObject({ measure: 'characters', quantiles: { p0: 0, p100: 99 } })
    expect(of('value')).toMatchObject({ nulls: 10, quantiles: { p0: 5, p100: 49.5 } })
    expect(of('value')?.histogram?.counts.reduce((sum, count) => sum + count, 0)).toBe(88)
    expect(of('nothing')).toMatchObject({ nulls: 100, quantiles: null, histogram: null })
    expect(of('list')).toMatchObject({ measure: 'items', quantiles: { p50: 2 } })
    expect(of('messages')).toMatchObject({ kind: 'messages', measure: 'items' })
    expect(profile.duplicates).toEqual({ rows: 0, examples: [] })
  })

  it('rows that repeat others are named, and what two datasets share', async () => {
    const a = await jsonl('a', [{ question: 'One' }, { question: 'two' }, { question: 'One' }])
    const b = await jsonl('b', [{ question: ' TWO \n' }, { question: 'three', level: 1 }])
    const [left, right] = [await sources.table(a, quiet()), await sources.table(b, quiet())]
    expect((await profileTable(left, quiet())).duplicates).toEqual({ rows: 1, examples: [[0, 2]] })
    expect(await compareTables(left, right, null, quiet())).toMatchObject({
      rows: { a: 3, b: 2 },
      onlyA: [],
      onlyB: ['level'],
      column: 'question',
      shared: 1,
      examples: [{ a: 1, b: 0 }],
    })
    await expect(compareTables(left, right, 'level', quiet())).rejects.toMatchObject({
      data: { code: 'DATA_COLUMN_MISSING' },
    })
  })

  it('conversations are compared by what the user says last, also with pictures in them', async () => {
    const chat = (text: string) => ({
      messages: [
        { role: 'system', content: 's' },
        { role: 'user', content: text },
      ],
    })
    const seen = { messages: [{ role: 'user', content: [{ type: 'image' }, { type: 'text', text: 'x' }] }] }
    const [a, b] = [await jsonl('chat-a', [chat('Hi'), chat('Ho')]), await jsonl('chat-b', [chat('ho')])]
    const tables = [await sources.table(a, quiet()), await sources.table(b, quiet())] as const
    expect(await compareTables(...tables, null, quiet())).toMatchObject({ column: 'messages', shared: 1 })
    const other = await sources.table(await jsonl('seen', [seen]), quiet())
    expect(await compareTables(other, other, null, quiet())).toMatchObject({ shared: 1 })
  })
})
