import type { DataFile, DataRef, Finding } from '#contract'
import { createWriteStream } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { AppError } from '../../errors'
import { decompressed } from '../../hub/facts/decompress'
import type { WorkContext } from '../types'
import { csvFields, csvRecords, jsonLines, jsonObject, LONGEST_LINE, type Dialect, type Line } from './lines'
import { type Duck } from './duck'
import { differing, doubleNames } from './parquet'
import type { Sniffed } from './sniff'
import { listOf, named, quoted } from './sql'
import { textTypes } from './types-text'

/** JSON and CSV: SQL that reads them, with all columns and their types named, and what was noticed. */
export interface TextTable {
  sql: string
  columns: { name: string; type: string }[]
  findings: Finding[]
}

/** Values of a first look; only `everything` sees a key that comes late, or the one text in a column of numbers. */
const SOME = 2000
/** A JSON file that is one value is parsed in one piece to say where it is wrong; a larger one is only refused. */
const PARSED_WHOLE = 200 * 1024 * 1024
/** Of more files than this only the first and the last are compared. */
const COMPARED = 50

/** Errors: DuckDB's own, and DATA_COLUMNS_DOUBLE, DATA_EMPTY. */
export async function textTable(
  duck: Duck,
  files: readonly Sniffed[],
  everything: boolean,
  signal: AbortSignal,
): Promise<TextTable> {
  return files[0]?.format === 'csv'
    ? csvTable(duck, files, everything, signal)
    : jsonTable(duck, files, everything, signal)
}

const jsonFormats: Partial<Record<DataFile['format'], string>> = { jsonl: 'newline_delimited', json: 'array' }

function jsonOptions(files: readonly Sniffed[]): string {
  const [first] = files
  // A file of one object, written over many lines.
  const format = first?.format === 'json' ? 'auto' : jsonFormats[first?.format ?? 'jsonl']
  return `${listOf(files.map(({ path }) => path))}, format = '${format}', compression = '${first?.compression}', maximum_object_size = ${LONGEST_LINE}`
}

async function jsonTable(
  duck: Duck,
  files: readonly Sniffed[],
  everything: boolean,
  signal: AbortSignal,
): Promise<TextTable> {
  const described = async (some: readonly Sniffed[], sample: number) => {
    // A struct with many keys stays a struct: as a map its values would lose their types.
    const how = `records = true, union_by_name = true, maximum_sample_files = ${some.length}, sample_size = ${sample}, map_inference_threshold = 1000, field_appearance_threshold = 0`
    const { rows } = await duck.rows(`DESCRIBE SELECT * FROM read_json(${jsonOptions(some)}, ${how})`, signal)
    return rows.map(([name, type]) => ({ name: String(name), type: textTypes(String(type)) }))
  }
  let columns = await described(files, everything ? -1 : SOME)
  const findings: Finding[] = []
  if (files.length > 1) {
    const compared = files.length > COMPARED ? [files[0], files.at(-1)] : files
    const schemas = await Promise.all(
      compared.map(async (file) =>
        file === undefined ? [] : described([file], SOME).then((all) => all.map(({ name }) => name)),
      ),
    )
    findings.push(
      ...schemaFindings(
        compared.map((file) => file?.path ?? ''),
        schemas,
      ),
    )
  }
  const relation = () =>
    `read_json(${jsonOptions(files)}, auto_detect = false, columns = {${columns.map(({ name, type }) => `${named(name)}: ${quoted(type)}`).join(', ')}})`
  const open = columns.filter(({ type }) => type === 'JSON')
  if (everything && open.length > 0) {
    const types = open.map(({ name }) => `list(DISTINCT json_type(${named(name)}))`)
    const { rows } = await duck.rows(`SELECT ${types.join(', ')} FROM ${relation()}`, signal)
    const kinds = new Map(open.map(({ name }, at) => [name, kindsOf(rows[0]?.[at])]))
    // Nothing but null says nothing; a column of one kind is JSON since its parts differ.
    columns = columns.map((column) => (kinds.get(column.name)?.length === 0 ? { ...column, type: 'VARCHAR' } : column))
    for (const [column, list] of kinds)
      if (list.length > 1)
        findings.push({ code: 'DATA_TYPES_MIXED', severity: 'warning', params: { column, types: list.join(', ') } })
  }
  return { sql: `SELECT * FROM ${relation()}`, columns, findings }
}

const families: Record<string, string> = {
  BIGINT: 'number',
  UBIGINT: 'number',
  HUGEINT: 'number',
  DOUBLE: 'number',
  VARCHAR: 'text',
  BOOLEAN: 'boolean',
  ARRAY: 'list',
  OBJECT: 'object',
}

function kindsOf(cell: unknown): string[] {
  const found = Array.isArray(cell) ? cell.map(String).filter((kind) => kind !== 'NULL' && kind !== 'null') : []
  return [...new Set(found.map((kind) => families[kind] ?? kind))].sort()
}

function schemaFindings(files: string[], schemas: string[][]): Finding[] {
  const [usual = [], ...others] = schemas
  return others.flatMap((names, at) => {
    const columns = [...names.filter((name) => !usual.includes(name)), ...usual.filter((name) => !names.includes(name))]
    return columns.length === 0 ? [] : [differing(files[at + 1] ?? '', columns)]
  })
}

/** Like pandas, which the datasets library reads CSV with: the first line has the names. */
export async function csvDialect(file: Sniffed): Promise<Dialect> {
  const text = await headOf(file)
  const tabs = /\.tsv(\.|$)/i.test(file.path)
  const firstLine = text.split(/\r?\n/, 1)[0] ?? ''
  const count = (mark: string) => firstLine.split(mark).length
  const delimiter = tabs ? '\t' : [',', '\t', ';'].reduce((best, mark) => (count(mark) > count(best) ? mark : best))
  const fields = firstRecord(text, delimiter)
  if (fields === null) throw new AppError('DATA_BAD_LINE', { file: file.path, line: 1, detail: 'no line of CSV' })
  const header = !fields.some((field) => field !== null && /^\s*-?\d+(\.\d+)?\s*$/.test(field))
  // pandas calls a column without a name so; its own index, when it was written too, is the usual one.
  const names = fields.map((field, at) => (header ? (field ?? `Unnamed: ${at}`) : `column${at}`))
  return { delimiter, header, names }
}

function firstRecord(text: string, delimiter: string): (string | null)[] | null {
  const lines = text.split(/\r?\n/)
  for (let count = 1; count <= Math.min(lines.length, 200); count += 1) {
    const fields = csvFields(lines.slice(0, count).join('\n'), delimiter)
    if (typeof fields !== 'string') return fields
    if (fields !== 'open') return null
  }
  return null
}

async function headOf({ path, compression }: Sniffed): Promise<string> {
  const handle = await open(path, 'r')
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(256 * 1024), 0, 256 * 1024, 0)
    const name = { gzip: '.gz', zstd: '.zst', none: '' }[compression]
    const { bytes } = await decompressed(buffer.subarray(0, bytesRead), name, false)
    return bytes.toString('utf8').replace(/^\uFEFF/, '')
  } finally {
    await handle.close()
  }
}

async function csvTable(
  duck: Duck,
  files: readonly Sniffed[],
  everything: boolean,
  signal: AbortSignal,
): Promise<TextTable> {
  const dialects = await Promise.all(files.map(csvDialect))
  const findings = dialects.flatMap(({ names }, at) => doubleNames(files[at]?.path ?? '', names))
  const compared = dialects.length > COMPARED ? [0, dialects.length - 1] : dialects.map((_, at) => at)
  findings.push(
    ...schemaFindings(
      compared.map((at) => files[at]?.path ?? ''),
      compared.map((at) => dialects[at]?.names ?? []),
    ),
  )
  const texts = dialects
    .map((dialect, at) => `SELECT * FROM ${csvRead(files[at] as Sniffed, dialect)}`)
    .join(' UNION ALL BY NAME ')
  const names = [...new Set(dialects.flatMap((dialect) => dialect.names))]
  const types = await csvTypes(duck, everything ? texts : `SELECT * FROM (${texts}) LIMIT ${SOME}`, names, signal)
  const columns = names.map((name, at) => ({ name, type: types[at] ?? 'VARCHAR' }))
  const cast = columns.map(({ name, type }) => `CAST(${named(name)} AS ${type}) AS ${named(name)}`)
  return { sql: `SELECT ${cast.join(', ')} FROM (${texts})`, columns, findings }
}

function csvRead({ path, compression }: Sniffed, { delimiter, header, names }: Dialect): string {
  const columns = names.map((name) => `${named(name)}: 'VARCHAR'`).join(', ')
  return `read_csv(${quoted(path)}, auto_detect = false, delim = ${quoted(delimiter)}, quote = '"', escape = '"', header = ${header}, columns = {${columns}}, strict_mode = true, null_padding = false, allow_quoted_nulls = false, compression = '${compression}', max_line_size = ${LONGEST_LINE})`
}

/** "007" and "1e5" are texts that somebody wrote; only what comes back the same is a number. */
async function csvTypes(duck: Duck, sql: string, names: string[], signal: AbortSignal): Promise<string[]> {
  const tests = names.map((name) => {
    const column = named(name)
    const all = (pattern: string) => `bool_and(regexp_full_match(${column}, '${pattern}'))`
    return `[count(${column}) > 0, ${all('-?(0|[1-9][0-9]{0,17})')}, ${all('-?(0|[1-9][0-9]*)?[.]?[0-9]+([eE][-+]?[0-9]+)?')}, ${all('true|false|True|False|TRUE|FALSE')}]`
  })
  const { rows } = await duck.rows(`SELECT ${tests.join(', ')} FROM (${sql})`, signal)
  return names.map((_, at) => {
    const [some, whole, number, truth] = (rows[0]?.[at] ?? []) as (boolean | null)[]
    return some !== true ? 'VARCHAR' : whole ? 'BIGINT' : number ? 'DOUBLE' : truth ? 'BOOLEAN' : 'VARCHAR'
  })
}

/** What could not be read, beside what could. */
export interface Cleaned {
  file: Sniffed
  aside: { count: number; first: number; file: string; of: string } | null
}

/**
 * The readable lines of files that DuckDB refused, in one file in `folder`; the others, as they are, in `aside`.
 * Errors: DATA_BAD_LINE and DATA_NOT_UTF8 at the first bad line when `badLines` is "stop"; DATA_EMPTY when none is
 * good; DATA_DAMAGED.
 */
export async function clean(
  files: readonly Sniffed[],
  badLines: DataRef['badLines'],
  folder: string,
  asideName: string,
  { signal, progress }: WorkContext,
): Promise<Cleaned> {
  const [first] = files
  if (first === undefined) throw new AppError('DATA_EMPTY', { file: folder })
  const csv = first.format === 'csv'
  const path = join(folder, csv ? 'clean.csv' : 'clean.jsonl')
  const good = createWriteStream(path)
  const bad = createWriteStream(join(folder, asideName))
  const dialect = csv ? await csvDialect(first) : null
  const write = (stream: typeof good, text: string | Buffer) =>
    stream.write(text) || new Promise<void>((done) => stream.once('drain', done))
  let kept = 0
  let aside: Cleaned['aside'] = null
  let done = 0
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  try {
    if (dialect !== null)
      await write(good, `${dialect.names.map((name) => `"${name.replaceAll('"', '""')}"`).join(',')}\n`)
    for (const file of files) {
      for await (const { line, raw, read } of linesOf(file, dialect, signal)) {
        if ('text' in read) {
          await write(good, `${read.text}\n`)
          kept += 1
          continue
        }
        const detail = 'detail' in read ? { detail: read.detail } : {}
        if (badLines === 'stop') throw new AppError(read.code, { file: file.path, line, ...detail })
        aside ??= { count: 0, first: line, file: join(folder, asideName), of: file.path }
        aside.count += 1
        await write(bad, Buffer.concat([raw, Buffer.from('\n')]))
      }
      progress((done += file.bytes), total, 'bytes')
    }
  } finally {
    good.end()
    bad.end()
    await Promise.all([finished(good), finished(bad)])
  }
  if (kept === 0) throw new AppError('DATA_EMPTY', { file: first.path })
  return { file: { ...first, path, format: csv ? 'csv' : 'jsonl', compression: 'none' }, aside }
}

async function* linesOf(file: Sniffed, dialect: Dialect | null, signal: AbortSignal): AsyncGenerator<Line> {
  if (dialect !== null) yield* csvRecords(file, dialect, signal)
  else if (file.format === 'jsonl') yield* jsonLines(file, signal)
  else yield* jsonValue(file)
}

/** A file that is one list, or one object. */
async function* jsonValue(file: Sniffed): AsyncGenerator<Line> {
  if (file.bytes > PARSED_WHOLE) throw new AppError('DATA_DAMAGED', { file: file.path, detail: 'no JSON' })
  const packed = await readFile(file.path)
  const { bytes } = await decompressed(packed, { gzip: '.gz', zstd: '.zst', none: '' }[file.compression], true)
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown)
    const place = Number(/position (\d+)/.exec(detail)?.[1] ?? text.length)
    throw new AppError(
      'DATA_BAD_LINE',
      { file: file.path, line: text.slice(0, place).split('\n').length, detail },
      thrown,
    )
  }
  for (const [at, item] of (Array.isArray(value) ? value : [value]).entries()) {
    const line = JSON.stringify(item)
    const read = jsonObject(line)
    if (!('text' in read))
      throw new AppError('DATA_DAMAGED', {
        file: file.path,
        detail: `item ${at + 1}: ${'detail' in read ? read.detail : ''}`,
      })
    yield { line: at + 1, raw: Buffer.from(line), read }
  }
}
