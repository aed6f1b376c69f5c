import { afterAll, describe, expect, it } from 'vitest'
import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { allRows, dataOf, datasetRoom, duck, pageOf, quiet } from '../support/dataset-files'

const room = datasetRoom('formats')
const { folder, cache, sources } = room
afterAll(() => sources.dispose())

const place = (name: string) => join(folder, name)
const conversation = (count: number) =>
  `SELECT i AS id, 'Question ' || i AS question, [{'role': 'user', 'content': 'Solve ' || i || ' \\frac{1}{2}'}] AS prompt, {'style': 'rule', 'ground_truth': i::VARCHAR} AS reward_model, i * 1000000000000000 AS big FROM range(${count}) r(i)`
const expected = (id: number) => ({
  id,
  question: `Question ${id}`,
  prompt: [{ role: 'user', content: `Solve ${id} \\frac{1}{2}` }],
  reward_model: { style: 'rule', ground_truth: String(id) },
  big: Number.isSafeInteger(id * 1e15) ? id * 1e15 : String(BigInt(id) * 10n ** 15n),
})

describe('parquet', () => {
  it.each([
    ['one large group', 'ROW_GROUP_SIZE 122880'],
    ['many small groups', 'ROW_GROUP_SIZE 2048'],
  ])('%s: any page, any row, every row', async (name, layout) => {
    const file = place(`it's ${name}.parquet`)
    await duck(`COPY (${conversation(5000)}) TO '${file.replaceAll("'", "''")}' (FORMAT parquet, ${layout})`)
    const data = dataOf(file)
    const opened = await sources.open(data, quiet())
    expect(opened).toMatchObject({ name: `it's ${name}.parquet`, rows: 5000, findings: [] })
    expect(opened.columns.map((column) => [column.name, column.kind])).toEqual([
      ['id', 'number'],
      ['question', 'text'],
      ['prompt', 'messages'],
      ['reward_model', 'struct'],
      ['big', 'number'],
    ])
    const page = await sources.rows(pageOf(data, { from: 4321, count: 3 }), quiet())
    expect(page.total).toBe(5000)
    expect(page.rows.map(({ index }) => index)).toEqual([4321, 4322, 4323])
    expect(page.rows[0]?.cells).toEqual(Object.values(expected(4321)))
    expect(await sources.row(data, 4999, quiet())).toEqual(Object.values(expected(4999)))
    const rows = await allRows(sources, data, 7)
    expect(rows).toHaveLength(4993)
    expect(rows[0]).toEqual(expected(7))
    expect(rows.at(-1)).toEqual(expected(4999))
  })

  it('shards are one table, in the order of their names', async () => {
    const shards = [0, 1, 2].map((at) => place(`shard-${at}.parquet`))
    for (const [at, shard] of shards.entries())
      await duck(`COPY (SELECT i + ${at * 10} AS id, 'x' AS text FROM range(10) r(i)) TO '${shard}' (FORMAT parquet)`)
    const data = dataOf(shards)
    const { rows } = await sources.rows(pageOf(data, { from: 8, count: 5 }), quiet())
    expect(rows.map(({ index, cells }) => [index, cells[0]])).toEqual([8, 9, 10, 11, 12].map((id) => [id, id]))
    const table = await sources.table(data, quiet())
    expect(table.rows).toBe(30)
    const [sum] = await table.query(
      `SELECT count(*) AS rows, sum(CASE WHEN id = __index THEN 1 ELSE 0 END)::BIGINT AS same FROM ${table.relation}`,
      quiet().signal,
    )
    expect(sum).toEqual({ rows: 30, same: 30 })
  })

  it('searches, filters and sorts', async () => {
    const file = place('search.parquet')
    await duck(`COPY (${conversation(5000)}) TO '${file}' (FORMAT parquet)`)
    const data = dataOf(file)
    const search = await sources.rows(pageOf(data, { search: 'SOLVE 499 \\frac', count: 5 }), quiet())
    expect(search).toMatchObject({ total: 1, rows: [{ index: 499 }] })
    expect((await sources.rows(pageOf(data, { search: '%_' }), quiet())).total).toBe(0)
    const sorted = await sources.rows(
      pageOf(data, {
        filters: [{ column: 'id', op: 'below', value: '100' }],
        sort: { column: 'question', descending: true },
        count: 2,
        from: 1,
      }),
      quiet(),
    )
    expect(sorted.total).toBe(100)
    expect(sorted.rows.map(({ index }) => index)).toEqual([98, 97])
    const filled = await sources.rows(
      pageOf(data, { filters: [{ column: 'prompt', op: 'empty', value: '' }] }),
      quiet(),
    )
    expect(filled.total).toBe(0)
    await expect(
      sources.rows(pageOf(data, { sort: { column: 'nowhere', descending: false } }), quiet()),
    ).rejects.toMatchObject({ data: { code: 'DATA_COLUMN_MISSING' } })
  })

  it('names with a meaning for DuckDB are only names', async () => {
    const below = place('lang=en [v2] *?')
    mkdirSync(below)
    await duck(`COPY (SELECT 1 AS a) TO '${join(below, 'one.parquet')}' (FORMAT parquet)`)
    writeFileSync(join(below, 'two.jsonl'), '{"a":2}\n')
    writeFileSync(join(below, 'three.csv'), 'a,b\n3,x\n')
    expect(await allRows(sources, dataOf(join(below, 'one.parquet')))).toEqual([{ a: 1 }])
    expect(await allRows(sources, dataOf(join(below, 'two.jsonl')))).toEqual([{ a: 2 }])
    expect(await allRows(sources, dataOf(join(below, 'three.csv')))).toEqual([{ a: 3, b: 'x' }])
  })

  it('cuts long texts in a page, and has them whole in a row', async () => {
    const file = place('long.parquet')
    await duck(
      `COPY (SELECT repeat('长', 5000) AS text, [{'content': repeat('b', 5000)}] AS list, '\\xAB\\xCD'::BLOB AS raw, TIMESTAMP '2024-01-02 03:04:05.678' AS at, 'nan'::DOUBLE AS nan, NULL::INTEGER AS gone) TO '${file}' (FORMAT parquet)`,
    )
    const data = dataOf(file)
    const { rows } = await sources.rows(pageOf(data), quiet())
    const cells = rows[0]?.cells ?? []
    expect(rows[0]?.cut).toBe(true)
    expect(cells[0]).toBe(`${'长'.repeat(600)}…`)
    expect(cells[1]).toEqual([{ content: `${'b'.repeat(600)}…` }])
    expect(cells.slice(2)).toEqual([{ bytes: 2 }, '2024-01-02T03:04:05.678', 'NaN', null])
    expect((await sources.row(data, 0, quiet()))[0]).toBe('长'.repeat(5000))
  })
})

const lines = Array.from({ length: 3000 }, (_, id) => ({
  id,
  question: `q ${id}`,
  when: '2024-01-01',
  tags: [id % 2 ? 'odd' : 'even'],
}))
const jsonl = lines.map((line) => JSON.stringify(line)).join('\n')
const csv = `id,question,when\n${lines.map(({ id, question, when }) => `${id},"${question}, ""said""",${when}`).join('\n')}\n`
describe('text', () => {
  it.each([
    ['lines.jsonl', jsonl],
    ['lines.jsonl.gz', gzipSync(jsonl)],
    ['list.json', JSON.stringify(lines)],
    ['pretty.json', JSON.stringify(lines, null, 2)],
    ['packed list.json.gz', gzipSync(JSON.stringify(lines))],
    ['without an ending', jsonl],
  ])('%s', async (name, bytes) => {
    const file = place(name)
    writeFileSync(file, bytes)
    const copies = () => readdirSync(cache).filter((entry) => !entry.endsWith('.tmp')).length
    const before = copies()
    const data = dataOf(file)
    const opened = await sources.open(data, quiet())
    expect(opened.columns.map((column) => [column.name, column.type])).toEqual([
      ['id', 'BIGINT'],
      ['question', 'VARCHAR'],
      ['when', 'VARCHAR'],
      ['tags', 'VARCHAR[]'],
    ])
    const first = await sources.rows(pageOf(data, { from: 10, count: 2 }), quiet())
    expect(first.rows[1]).toEqual({ index: 11, cells: [11, 'q 11', '2024-01-01', ['odd']], cut: false })
    expect(copies()).toBe(before)
    expect((await sources.prepare(data, quiet())).rows).toBe(3000)
    expect(await allRows(sources, data)).toEqual(lines)
    // A second opening finds the copy.
    expect((await sources.open(data, quiet())).rows).toBe(3000)
    for (const entry of readdirSync(cache)) rmSync(join(cache, entry), { recursive: true })
    await sources.open(data, quiet())
  })

  it('CSV, packed or not', async () => {
    for (const [name, bytes] of [
      ['rows.csv', csv],
      ['rows.csv.gz', gzipSync(csv)],
      [
        'rows.tsv',
        csv.replaceAll(',"', '\t"').replaceAll('",', '"\t').replace('id,question,when', 'id\tquestion\twhen'),
      ],
    ] as const) {
      writeFileSync(place(name), bytes)
      const rows = await allRows(sources, dataOf(place(name)))
      expect(rows).toEqual(lines.map(({ id, question, when }) => ({ id, question: `${question}, "said"`, when })))
    }
  })

  it('zstd', async () => {
    const [plain, packed] = [place('before.jsonl'), place('lines.jsonl.zst')]
    writeFileSync(plain, jsonl)
    await duck(`COPY (FROM read_json('${plain}')) TO '${packed}' (FORMAT json, COMPRESSION zstd)`)
    expect(await allRows(sources, dataOf(packed))).toEqual(lines)
  })

  it('says that a file was changed, until it is opened again', async () => {
    const file = place('changes.jsonl')
    writeFileSync(file, jsonl)
    const data = dataOf(file)
    await sources.prepare(data, quiet())
    writeFileSync(file, `${jsonl}\n{"id":-1}\n`)
    await expect(sources.rows(pageOf(data), quiet())).rejects.toMatchObject({ data: { code: 'DATA_CHANGED' } })
    await sources.open(data, quiet())
    expect((await sources.prepare(data, quiet())).rows).toBe(3001)
    utimesSync(file, 1, 1)
    await expect(sources.row(data, 0, quiet())).rejects.toMatchObject({ data: { code: 'DATA_CHANGED' } })
    expect(readFileSync(file, 'utf8')).toBe(`${jsonl}\n{"id":-1}\n`)
  })
})
