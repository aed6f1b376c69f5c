import { afterAll, describe, expect, it } from 'vitest'
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { DataRef } from '../../main/contract'
import { allRows, dataOf, datasetRoom, duck, pageOf, quiet } from '../support/dataset-files'

const { folder, sources } = datasetRoom('bad')
afterAll(() => sources.dispose())

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, content)
  return path
}
const aside = (path: string): DataRef => dataOf(path, { badLines: 'setAside' })
const fails = (work: Promise<unknown>, code: string, params: object = {}) =>
  expect(work).rejects.toMatchObject({ data: { code, params } })

describe('files that are not what they should be', () => {
  it('nothing there, nothing in it, nothing to read', async () => {
    await fails(sources.open(dataOf(join(folder, 'none.parquet')), quiet()), 'DATA_NOT_FOUND')
    for (const name of ['a.parquet', 'a.jsonl', 'a.csv', 'a.arrow'])
      await fails(sources.open(dataOf(file(name, '')), quiet()), 'DATA_EMPTY', { file: join(folder, name) })
    await fails(sources.open(dataOf(file('blank.jsonl', '\n \n')), quiet()), 'DATA_EMPTY')
    await fails(sources.open(dataOf(file('a.jsonl.gz', gzipSync(''))), quiet()), 'DATA_EMPTY')
    mkdirSync(join(folder, 'empty folder'))
    await fails(sources.open(dataOf(join(folder, 'empty folder')), quiet()), 'DATA_NOTHING_TO_READ')
    await fails(sources.open(dataOf(file('a.bin', Buffer.from([1, 0, 2, 0]))), quiet()), 'DATA_FORMAT_UNKNOWN')
    await fails(sources.open(dataOf('/dev/zero'), quiet()), 'DATA_FORMAT_UNKNOWN')
  })

  it('a parquet file that is cut off, garbled, or none', async () => {
    const path = join(folder, 'cut.parquet')
    await duck(`COPY (SELECT i, repeat('x', 100) || i AS t FROM range(10000) r(i)) TO '${path}' (FORMAT parquet)`)
    const bytes = readFileSync(path)
    truncateSync(path, 5000)
    await fails(sources.open(dataOf(path), quiet()), 'DATA_DAMAGED', { file: path })
    await fails(sources.open(dataOf(file('no.parquet', 'PAR2....PAR2')), quiet()), 'DATA_DAMAGED')
    // Its footer is right, and its pages are not.
    bytes.fill(0x5a, 100, bytes.length - 2000)
    const garbled = file('garbled.parquet', bytes)
    await fails(sources.rows(pageOf(dataOf(garbled)), quiet()), 'DATA_DAMAGED', { file: garbled })
  })

  it('text that is packed and cut off', async () => {
    const packed = gzipSync(Array.from({ length: 20_000 }, (_, id) => `{"id":${id * 7919}}`).join('\n'))
    const path = file('cut.jsonl.gz', packed.subarray(0, packed.length / 2))
    await fails(sources.prepare(dataOf(path), quiet()), 'DATA_DAMAGED', { file: path })
    await fails(sources.open(dataOf(file('no.jsonl.gz', Buffer.from([0x1f, 0x8b, 9, 9, 9]))), quiet()), 'DATA_DAMAGED')
  })

  it('UTF-16', async () => {
    const path = file('utf16.csv', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a,b\n1,2\n', 'utf16le')]))
    await fails(sources.open(dataOf(path), quiet()), 'DATA_NOT_UTF8', { line: 1 })
  })
})

const many = 50_000
const good = (id: number) => JSON.stringify({ id, text: `line ${id}` })

describe('one broken line among many', () => {
  const broken: [string, string | Buffer, string, object][] = [
    ['is cut off', '{"id": 1, "text": "', 'DATA_BAD_LINE', {}],
    ['is no object', '[1, 2]', 'DATA_BAD_LINE', { detail: 'no JSON object' }],
    ['is a number', '17', 'DATA_BAD_LINE', { detail: 'no JSON object' }],
    ['has a key twice', '{"id":1,"id":2}', 'DATA_BAD_LINE', { detail: 'the key "id" is there twice' }],
    ['has half a character', '{"id":1,"text":"\\ud800"}', 'DATA_BAD_LINE', {}],
    ['is not UTF-8', Buffer.from([...Buffer.from('{"text":"'), 0xff, 0xfe, ...Buffer.from('"}')]), 'DATA_NOT_UTF8', {}],
  ]
  it.each(broken)('that %s', async (name, line, code, params) => {
    const before = Array.from({ length: 30_000 }, (_, id) => good(id)).join('\n')
    const after = Array.from({ length: many - 30_000 }, (_, id) => good(id + 30_000)).join('\n')
    const content = Buffer.concat([Buffer.from(`${before}\n`), Buffer.from(line), Buffer.from(`\n${after}\n`)])
    const path = file(`${name}.jsonl`, content)
    const first = await sources.rows(pageOf(dataOf(path)), quiet())
    expect(first.rows).toHaveLength(100)
    await fails(sources.prepare(dataOf(path), quiet()), code, { file: path, line: 30_001, ...params })
    const prepared = await sources.prepare(aside(path), quiet())
    expect(prepared.rows).toBe(many)
    const [finding] = prepared.findings
    expect(finding).toMatchObject({ code: 'DATA_LINES_SET_ASIDE', params: { count: 1, first: 30_001, of: path } })
    expect(readFileSync(String(finding?.params['file']))).toEqual(Buffer.concat([Buffer.from(line), Buffer.from('\n')]))
    expect((await sources.row(aside(path), many - 1, quiet()))[0]).toBe(many - 1)
    expect(readFileSync(path).equals(content)).toBe(true)
  })

  it('in a list of JSON', async () => {
    const path = file('list.json', '[\n{"a":1},\n{"a":2},\n{"a":},\n{"a":4}\n]\n')
    await fails(sources.prepare(dataOf(path), quiet()), 'DATA_BAD_LINE', { file: path, line: 4 })
  })

  it('in a CSV: too many, too few, a quote without its end', async () => {
    const rows = (line: string) => `a,b\n1,2\n"x\ny",3\n${line}\n5,6\n7,8\n`
    for (const [line, detail] of [
      ['3,4,5', '3 columns where 2 are expected'],
      ['3', '1 columns where 2 are expected'],
      ['3,"4', 'a quote is opened and never closed'],
      ['3,"4"x', 'text behind a closing quote'],
    ] as const) {
      const path = file(`${detail}.csv`, rows(line))
      await fails(sources.prepare(dataOf(path), quiet()), 'DATA_BAD_LINE', { file: path, line: 5, detail })
      const prepared = await sources.prepare(aside(path), quiet())
      expect(prepared.findings).toMatchObject([{ code: 'DATA_LINES_SET_ASIDE', params: { count: 1, first: 5 } }])
      expect((await allRows(sources, aside(path))).map((row) => row['a'])).toEqual(['1', 'x\ny', '5', '7'])
    }
  })

  it('nothing but broken lines', async () => {
    const path = file('all broken.jsonl', 'a\nb\nc\n')
    await fails(sources.prepare(dataOf(path), quiet()), 'DATA_BAD_LINE', { line: 1 })
    await fails(sources.prepare(aside(path), quiet()), 'DATA_EMPTY')
  })

  it('a byte order mark is no fault', async () => {
    expect(await allRows(sources, dataOf(file('bom.jsonl', '\uFEFF{"a":1}\n{"a":2}\n')))).toEqual([{ a: 1 }, { a: 2 }])
    expect(await allRows(sources, dataOf(file('bom.csv', '\uFEFFa,b\n1,x\n')))).toEqual([{ a: 1, b: 'x' }])
  })
})

describe('columns', () => {
  it('of mixed types, and keys that come late', async () => {
    const lines = Array.from({ length: 30_000 }, (_, id) => JSON.stringify({ answer: id, nothing: null }))
    const path = file('mixed.jsonl', `${lines.join('\n')}\n{"answer":"twelve","late":true}\n`)
    const prepared = await sources.prepare(dataOf(path), quiet())
    expect(prepared.findings).toMatchObject([
      { code: 'DATA_TYPES_MIXED', params: { column: 'answer', types: 'number, text' } },
    ])
    const rows = await allRows(sources, dataOf(path))
    expect(rows[0]).toEqual({ answer: 0, nothing: null, late: null })
    expect(rows.at(-1)).toEqual({ answer: 'twelve', nothing: null, late: true })
  })

  it('of the same name', async () => {
    await fails(sources.open(dataOf(file('twice.csv', 'a,b,a\n1,2,3\n')), quiet()), 'DATA_COLUMNS_DOUBLE', {
      columns: 'a',
    })
    const path = file('case.jsonl', '{"Answer":1,"answer":"x"}\n{"Answer":2}\n')
    const rows = (await allRows(sources, dataOf(path))).map((row) => Object.values(row))
    expect(rows).toEqual([
      [1, 'x'],
      [2, null],
    ])
  })

  it('that differ between shards', async () => {
    const paths = [0, 1, 2].map((at) => join(folder, `part-${at}.parquet`))
    await duck(
      `COPY (SELECT 1 AS a, 'x' AS b) TO '${paths[0]}' (FORMAT parquet)`,
      `COPY (SELECT 'y' AS b, 2 AS a) TO '${paths[1]}' (FORMAT parquet)`,
      `COPY (SELECT 3 AS a, 4.5::DOUBLE AS c) TO '${paths[2]}' (FORMAT parquet)`,
    )
    const data = dataOf(paths)
    const opened = await sources.open(data, quiet())
    expect(opened.findings).toMatchObject([
      { code: 'DATA_SCHEMAS_DIFFER' },
      { code: 'DATA_SCHEMAS_DIFFER', params: { file: paths[2], columns: 'c, b' } },
    ])
    const rows = [
      { a: 1, b: 'x', c: null },
      { a: 2, b: 'y', c: null },
      { a: 3, b: null, c: 4.5 },
    ]
    expect(await allRows(sources, data)).toEqual(rows)
    expect((await sources.rows(pageOf(data, { from: 1 }), quiet())).rows.map(({ cells }) => cells)).toEqual(
      rows.slice(1).map((row) => Object.values(row)),
    )
    const csvs = [file('one.csv', 'a,b\n1,2\n'), file('two.csv', 'b,c\n3,x\n')]
    const prepared = await sources.prepare(dataOf(csvs), quiet())
    expect(prepared.findings).toMatchObject([{ code: 'DATA_SCHEMAS_DIFFER', params: { file: csvs[1] } }])
    expect(await allRows(sources, dataOf(csvs))).toEqual([
      { a: 1, b: 2, c: null },
      { a: null, b: 3, c: 'x' },
    ])
  })
})

describe('folders', () => {
  it('a loop of links, our own folders, and files of other formats', async () => {
    const root = join(folder, 'loop')
    file('loop/data/train-00000-of-00001.jsonl', '{"a":1}\n')
    file('loop/data/test-00000-of-00001.jsonl', '{"a":2}\n')
    file('loop/.cache/train.jsonl', '{"a":3}\n')
    file('loop/.launchpad/x.jsonl', '{"a":4}\n')
    file('loop/notes.csv', 'a\n5\n')
    symlinkSync(root, join(root, 'again'))
    symlinkSync('self', join(root, 'self'))
    const opened = await sources.open(dataOf(root), quiet())
    expect(opened.configs).toEqual([{ name: 'default', splits: ['train', 'test'] }])
    expect(opened).toMatchObject({ config: 'default', split: 'train', files: [{ format: 'jsonl' }] })
    expect(opened.findings).toMatchObject([{ code: 'DATA_FORMATS_MIXED', severity: 'warning' }])
    expect(await allRows(sources, dataOf(root, { split: 'test' }))).toEqual([{ a: 2 }])
    await fails(sources.open(dataOf(root, { split: 'dev' }), quiet()), 'DATA_CHOICE_UNKNOWN', {
      choices: 'train, test',
    })
    await fails(sources.open(dataOf([join(root, 'notes.csv'), join(root, 'data')]), quiet()), 'DATA_FORMATS_MIXED', {
      formats: 'csv, jsonl',
    })
  })

  it('two configs', async () => {
    file(
      'two/README.md',
      '---\nconfigs:\n- config_name: main\n  data_files: main/*.jsonl\n- config_name: socratic\n  default: true\n  data_files:\n  - split: train\n    path: socratic/a.jsonl\n  - split: dev\n    path: socratic/b.jsonl\n---\n',
    )
    file('two/main/x.jsonl', '{"a":1}\n')
    file('two/socratic/a.jsonl', '{"a":2}\n')
    file('two/socratic/b.jsonl', '{"a":3}\n')
    const root = join(folder, 'two')
    expect(await sources.open(dataOf(root), quiet())).toMatchObject({
      config: 'socratic',
      split: 'train',
      configs: [
        { name: 'socratic', splits: ['train', 'dev'] },
        { name: 'main', splits: ['train'] },
      ],
    })
    expect(await allRows(sources, dataOf(root, { config: 'main' }))).toEqual([{ a: 1 }])
    expect(await allRows(sources, dataOf(root, { config: 'socratic', split: 'dev' }))).toEqual([{ a: 3 }])
  })
})

it('ends at once when nobody waits any more, and leaves nothing half made', async () => {
  const path = file('large.jsonl', Array.from({ length: 400_000 }, (_, id) => good(id)).join('\n'))
  const controller = new AbortController()
  const work = sources.prepare(dataOf(path), quiet(controller.signal))
  setTimeout(() => {
    controller.abort()
  }, 50)
  await fails(work, 'CANCELLED')
  const [one, two] = [new AbortController(), new AbortController()]
  const first = sources.prepare(dataOf(path), quiet(one.signal))
  const second = sources.prepare(dataOf(path), quiet(two.signal))
  setTimeout(() => {
    one.abort()
  }, 50)
  await fails(first, 'CANCELLED')
  expect((await second).rows).toBe(400_000)
  expect(existsSync(path)).toBe(true)
})
