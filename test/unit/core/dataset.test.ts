import { DuckDBInstance } from '@duckdb/node-api'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { groundTruth, toVerlRow } from '../../../main/core/dataset/gsm8k'
import { readProblems } from '../../../main/core/dataset/read-problems'
import { writeParquet } from '../../../main/core/dataset/write-parquet'

describe('ground truth', () => {
  it.each([
    ['so 6*7=42\n#### 42', '42'],
    ['#### 1,234', '1234'],
    ['#### -5', '-5'],
    ['#### 0.5', '0.5'],
    ['the answer is 42', null],
    ['####42', null],
  ])('of %j is %j', (answer, expected) => {
    expect(groundTruth(answer)).toBe(expected)
  })
})

it('a row asks for what the reward reads, and holds the truth as text', () => {
  const row = toVerlRow({ question: 'How many?', answer: 'Two.\n#### 2' }, 'train', 3)
  expect(row).toEqual({
    data_source: 'openai/gsm8k',
    prompt: [
      { role: 'user', content: 'How many? Let\'s think step by step and output the final answer after "####".' },
    ],
    ability: 'math',
    reward_model: { style: 'rule', ground_truth: '2' },
    extra_info: { split: 'train', index: 3, answer: 'Two.\n#### 2', question: 'How many?' },
  })
})

describe('problems file', () => {
  const write = async (text: string) => {
    const file = join(await mkdtemp(join(tmpdir(), "launch'pad 数据 ")), 'train.jsonl')
    await writeFile(file, text)
    return file
  }
  const good = JSON.stringify({ question: 'q 题', answer: 'a\n#### 1' })

  it('with a broken line is refused with the number of the line', async () => {
    const file = await write(`${good}\n${good}\n{"question": "x"\n${good}\n`)
    await expect(readProblems(file, 'train')).rejects.toMatchObject({
      data: { code: 'DATA_BAD_LINE', params: { line: 3 } },
    })
  })

  it.each([
    ['{"question":"x","answer":"no number"}'],
    ['{"question":" ","answer":"#### 1"}'],
    ['[1]'],
    ['{"question":1,"answer":"#### 1"}'],
  ])('with the row %s is refused', async (line) => {
    await expect(readProblems(await write(line), 'train')).rejects.toMatchObject({ data: { code: 'DATA_BAD_LINE' } })
  })

  it('that is empty or missing is refused', async () => {
    await expect(readProblems(await write('\n\n'), 'train')).rejects.toMatchObject({ data: { code: 'DATA_EMPTY' } })
    await expect(readProblems('/nowhere/train.jsonl', 'train')).rejects.toMatchObject({
      data: { code: 'DATA_UNREADABLE' },
    })
  })

  it("becomes parquet with exactly verl's column types, every row back", async () => {
    const file = await write(
      `${Array.from({ length: 5000 }, (_, n) => JSON.stringify({ question: `How many "${n}"? 🎈`, answer: `x\n#### ${n}` })).join('\n')}\n`,
    )
    const target = file.replace('.jsonl', '.parquet')
    const rows = await readProblems(file, 'train')
    await writeParquet(rows, target)
    const connection = await (await DuckDBInstance.create()).connect()
    const source = `read_parquet('${target.replaceAll("'", "''")}')`
    const types = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`)
    expect(types.getRowObjects().map((row) => [row['column_name'], row['column_type']])).toEqual([
      ['data_source', 'VARCHAR'],
      ['prompt', 'STRUCT("role" VARCHAR, "content" VARCHAR)[]'],
      ['ability', 'VARCHAR'],
      ['reward_model', 'STRUCT(style VARCHAR, ground_truth VARCHAR)'],
      ['extra_info', 'STRUCT(split VARCHAR, "index" BIGINT, answer VARCHAR, question VARCHAR)'],
    ])
    const back = await connection.runAndReadAll(`SELECT to_json(t) AS row FROM ${source} t`)
    expect(back.getRowObjects().map((row) => JSON.parse(String(row['row'])) as unknown)).toEqual(rows)
  })
})
