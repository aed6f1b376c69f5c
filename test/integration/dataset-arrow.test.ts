import * as arrow from 'apache-arrow'
import { execa } from 'execa'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allRows, dataOf, datasetRoom, pageOf, quiet } from '../support/dataset-files'
import { verlPythons, type VerlPythons } from '../support/verl-pythons'

const { folder, sources } = datasetRoom('arrow')
afterAll(() => sources.dispose())
const place = (name: string) => join(folder, name)

const list = new arrow.List(
  new arrow.Field(
    'item',
    new arrow.Struct([new arrow.Field('role', new arrow.Utf8()), new arrow.Field('content', new arrow.Utf8())]),
  ),
)
const schema = {
  id: new arrow.Int64(),
  text: new arrow.LargeUtf8(),
  kind: new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32()),
  prompt: list,
  score: new arrow.Float64(),
  done: new arrow.Bool(),
  at: new arrow.TimestampMicrosecond(),
  raw: new arrow.Binary(),
}
const value = (id: number) => ({
  id: id === 3 ? 9007199254740993n : BigInt(id),
  text: id === 5 ? null : `行 ${id} "\\frac"`,
  kind: `kind ${id % 7}`,
  prompt: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: `Q ${id}` },
  ],
  score: id === 4 ? NaN : id / 4,
  done: id % 2 === 0,
  at: 1_700_000_000_000 + id,
  raw: new Uint8Array([0, 255, id % 256]),
})
const expected = (id: number) => ({
  ...value(id),
  id: id === 3 ? '9007199254740993' : id,
  score: id === 4 ? 'NaN' : id / 4,
  at: new Date(1_700_000_000_000 + id)
    .toISOString()
    .slice(0, -1)
    .replace(/\.000$/, '')
    .replace(/(\.\d*?)0+$/, '$1'),
  raw: { bytes: 3 },
})

function batch(from: number, count: number): arrow.RecordBatch {
  const values = Array.from({ length: count }, (_, at) => value(from + at))
  const columns = Object.fromEntries(
    Object.entries(schema).map(([name, type]) => [
      name,
      arrow.vectorFromArray(
        values.map((row) => row[name as keyof typeof row]) as never[],
        type as arrow.DataType as arrow.Utf8,
      ),
    ]),
  )
  const [made] = new arrow.Table(columns).batches
  if (made === undefined) throw new Error('no batch')
  return made
}

const stream = (...batches: arrow.RecordBatch[]) => arrow.RecordBatchStreamWriter.writeAll(batches).toUint8Array(true)

describe('Arrow made here', () => {
  it.each([
    ['stream.arrow', () => stream(batch(0, 300), batch(300, 1), batch(301, 699))],
    ['file.arrow', () => arrow.RecordBatchFileWriter.writeAll([batch(0, 1000)]).toUint8Array(true)],
  ])('%s: the same before and after it is prepared', async (name, bytes) => {
    writeFileSync(place(name), bytes())
    const data = dataOf(place(name))
    const opened = await sources.open(data, quiet())
    expect(opened.columns.map((column) => [column.name, column.type, column.kind])).toEqual([
      ['id', 'BIGINT', 'number'],
      ['text', 'VARCHAR', 'text'],
      ['kind', 'VARCHAR', 'text'],
      ['prompt', 'STRUCT("role" VARCHAR, "content" VARCHAR)[]', 'messages'],
      ['score', 'DOUBLE', 'number'],
      ['done', 'BOOLEAN', 'boolean'],
      ['at', 'TIMESTAMP', 'time'],
      ['raw', 'BLOB', 'bytes'],
    ])
    expect(opened.findings).toMatchObject([{ code: 'DATA_LARGE_LIST', params: { columns: 'text' } }])
    const all = Array.from({ length: 1000 }, (_, id) => expected(id))
    const page = await sources.rows(pageOf(data, { from: 299, count: 4 }), quiet())
    expect(page.rows.map(({ cells }) => cells)).toEqual(all.slice(299, 303).map((row) => Object.values(row)))
    expect((await sources.rows(pageOf(data, { from: 990 }), quiet())).total).toBe(1000)
    expect(await allRows(sources, data)).toEqual(all)
    expect((await allRows(sources, data, 300))[0]).toEqual(all[300])
    expect((await sources.prepare(data, quiet())).rows).toBe(1000)
    expect(await allRows(sources, data)).toEqual(all)
    expect(await sources.row(data, 3, quiet())).toEqual(Object.values(expected(3)))
    expect((await sources.rows(pageOf(data, { search: 'Q 77' }), quiet())).total).toBe(11)
  })

  it('dictionaries that are replaced in the middle', async () => {
    const words = (texts: string[]) =>
      new arrow.Table({
        word: arrow.vectorFromArray(texts, new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32(), 7)),
      })
    const tables = [words(['a', 'b']), words(['c', 'd', 'c']), words(['e'])]
    const all = ['a', 'b', 'c', 'd', 'c', 'e']
    writeFileSync(place('dictionaries.arrow'), stream(...tables.flatMap((table) => table.batches)))
    const data = dataOf(place('dictionaries.arrow'))
    for (const [index, word] of all.entries()) expect(await sources.row(data, index, quiet())).toEqual([word])
    await sources.prepare(data, quiet())
    expect((await allRows(sources, data)).map((row) => row['word'])).toEqual(all)
  })

  it('a stream that is cut off, and one that is none', async () => {
    const bytes = stream(batch(0, 300), batch(300, 300))
    for (const length of [bytes.length - 200, 700, 9]) {
      const path = place(`cut ${length}.arrow`)
      writeFileSync(path, bytes.subarray(0, length))
      await expect(allRows(sources, dataOf(path))).rejects.toMatchObject({ data: { code: 'DATA_DAMAGED' } })
    }
    writeFileSync(place('text.arrow'), 'id,text\n')
    await expect(sources.open(dataOf(place('text.arrow')), quiet())).rejects.toMatchObject({
      data: { code: 'DATA_DAMAGED' },
    })
  })
})

const WRITE = `
import sys, json, datetime, decimal
import datasets, pyarrow as pa, pyarrow.feather as feather, pyarrow.parquet as pq
out = sys.argv[1]
rows = [{"id": i, "text": "é行 %d" % i, "prompt": [{"role": "user", "content": "q %d" % i}], "none": None, "floats": [i / 3, None], "nested": {"a": {"b": [i]}}} for i in range(2500)]
whole = datasets.Dataset.from_list(rows)
whole.save_to_disk(out + "/saved", num_shards=3)
datasets.DatasetDict({"train": whole, "test": whole.select(range(10))}).save_to_disk(out + "/saved dict")
whole.map(lambda row: {"id": row["id"] * 2}, cache_file_name=out + "/cache-mapped.arrow")
with open(out + "/rows.jsonl", "w") as f:
    for row in rows: f.write(json.dumps(row) + "\\n")
datasets.load_dataset("json", data_files={"train": out + "/rows.jsonl", "test": out + "/rows.jsonl"}, cache_dir=out + "/datasets cache")
typed = pa.table({
    "decimal": pa.array([decimal.Decimal("12345678901234567890.12"), None, decimal.Decimal("-0.05")], pa.decimal128(22, 2)),
    "date": [datetime.date(1969, 12, 31), None, datetime.date(2024, 2, 29)],
    "at": pa.array([-1, None, 1700000000000000001], pa.timestamp("ns")),
    "zoned": pa.array([-1500, None, 1700000000123], pa.timestamp("ms", "Asia/Shanghai")),
    "map": pa.array([[("k", 1)], None, []], pa.map_(pa.string(), pa.int64())),
    "fixed": pa.array([[1, 2], None, [3, 4]], pa.list_(pa.int32(), 2)),
    "large": pa.array([["x"], None, []], pa.large_list(pa.string())),
    "dictionary": pa.array(["a", None, "b"]).dictionary_encode(),
    "small": pa.array([1.5, None, -2.0], pa.float16()),
    "bytes": pa.array([b"\\x00\\xff", None, b""], pa.binary()),
    "unsigned": pa.array([18446744073709551615, None, 0], pa.uint64()),
})
for name in ("lz4", "zstd", "uncompressed"): feather.write_feather(typed, out + "/" + name + ".feather", compression=name)
long = pa.table({"text": ["the same words again and again, number %d" % (i % 100) for i in range(20000)]})
for name in ("lz4", "zstd"):
    with pa.ipc.new_stream(out + "/" + name + ".arrow", long.schema, options=pa.ipc.IpcWriteOptions(compression=name)) as w: w.write_table(long, max_chunksize=7000)
pq.write_table(typed.drop_columns(["dictionary", "small"]), out + "/typed.parquet")
`

describe('what Python writes', () => {
  let pythons: VerlPythons
  // The pyarrow of older ones cannot write a list of nulls as parquet.
  beforeAll(async () => {
    pythons = await verlPythons(['0.9.1'])
  }, 600_000)
  afterAll(() => pythons.close())
  const out = place('python out')
  const rows = Array.from({ length: 2500 }, (_, id) => ({
    id,
    text: `é行 ${id}`,
    prompt: [{ role: 'user', content: `q ${id}` }],
    none: null,
    floats: [id / 3, null],
    nested: { a: { b: [id] } },
  }))
  /** Order of the fields aside: load_dataset sorts none, and from_list neither, but their versions do. */
  const sorted = (list: unknown[]) => list.map((row) => JSON.stringify(Object.entries(row as object).sort()))

  it('is read as it was: save_to_disk, caches, Feather, compressed streams', async () => {
    mkdirSync(out)
    await execa(pythons.python('0.9.1'), ['-c', WRITE, out], { env: { HF_HUB_OFFLINE: '1', HF_HOME: place('hf') } })
    const same = async (path: string, split: string | null = null, count = 2500) => {
      const data = dataOf(path, { split })
      const before = await allRows(sources, data)
      expect(sorted(before)).toEqual(sorted(rows.slice(0, count)))
      await sources.prepare(data, quiet())
      expect(await allRows(sources, data)).toEqual(before)
    }
    await same(join(out, 'saved'))
    await same(join(out, 'saved dict'), 'test', 10)
    await same(join(out, 'datasets cache'), 'train')
    const opened = await sources.open(dataOf(join(out, 'datasets cache')), quiet())
    expect(opened.configs[0]?.splits).toEqual(['train', 'test'])
    const saved = await sources.open(dataOf(join(out, 'saved')), quiet())
    expect(saved.files).toHaveLength(3)
    expect((await allRows(sources, dataOf(join(out, 'cache-mapped.arrow')))).map((row) => row['id'])).toEqual(
      Array.from({ length: 2500 }, (_, at) => at * 2),
    )
    const typed = [
      {
        decimal: '12345678901234567890.12',
        date: '1969-12-31',
        at: '1969-12-31T23:59:59.999999999',
        zoned: '1969-12-31T23:59:58.5Z',
        map: [{ key: 'k', value: 1 }],
        fixed: [1, 2],
        large: ['x'],
        dictionary: 'a',
        small: 1.5,
        bytes: { bytes: 2 },
        unsigned: '18446744073709551615',
      },
      {
        decimal: null,
        date: null,
        at: null,
        zoned: null,
        map: null,
        fixed: null,
        large: null,
        dictionary: null,
        small: null,
        bytes: null,
        unsigned: null,
      },
      {
        decimal: '-0.05',
        date: '2024-02-29',
        at: '2023-11-14T22:13:20.000000001',
        zoned: '2023-11-14T22:13:20.123Z',
        map: [],
        fixed: [3, 4],
        large: [],
        dictionary: 'b',
        small: -2,
        bytes: { bytes: 0 },
        unsigned: 0,
      },
    ]
    for (const name of ['lz4', 'zstd', 'uncompressed']) {
      const data = dataOf(join(out, `${name}.feather`))
      const all = await allRows(sources, data)
      expect(all).toEqual(typed)
      await sources.prepare(data, quiet())
      expect(await allRows(sources, data)).toEqual(all)
    }
    for (const name of ['lz4', 'zstd']) {
      const all = await allRows(sources, dataOf(join(out, `${name}.arrow`)))
      expect(all).toHaveLength(20_000)
      expect(all[19_999]).toEqual({ text: 'the same words again and again, number 99' })
    }
    const parquet = dataOf(join(out, 'typed.parquet'))
    const [first] = await allRows(sources, parquet)
    expect(first).toMatchObject({
      zoned: '1969-12-31T23:59:58.5Z',
      date: '1969-12-31',
      large: ['x'],
      bytes: { bytes: 2 },
    })
    const { findings } = await sources.open(parquet, quiet())
    expect(findings).toMatchObject([{ code: 'DATA_LARGE_LIST', params: { columns: 'large' } }])
    expect(readFileSync(join(out, 'rows.jsonl'), 'utf8').split('\n')).toHaveLength(2501)
  }, 240_000)
})
