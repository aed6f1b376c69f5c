import type { DataFile, DataRef, Finding } from '#contract'
import { isUtf8 } from 'node:buffer'
import { open } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { join } from 'node:path'
import { AppError } from '../../errors'
import { decompressed } from '../../hub/facts/decompress'
import type { WorkContext } from '../types'
import { bytesOf, csvFields, csvRecords, jsonLines, jsonObject, LONGEST_LINE, type Dialect, type Line } from './lines'
import { type Duck } from './duck'
import { differing, doubleNames } from './parquet'
import type { Sniffed } from './sniff'
import { fileSql, filesSql, named, quoted } from './sql'
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
/** Between so many others get their turn. */
const ITEMS_AT_ONCE = 500
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
  return `${filesSql(files.map(({ path }) => path))}, hive_partitioning = false, format = '${format}', compression = '${first?.compression === 'none' ? 'uncompressed' : first?.compression}', maximum_object_size = ${LONGEST_LINE}`
}

/** A struct with many keys stays a struct: as a map its values would lose their types. */
const detection = (files: readonly Sniffed[], sample: number) =>
  `records = true, union_by_name = true, maximum_sample_files = ${files.length}, sample_size = ${sample}, map_inference_threshold = 1000, field_appearance_threshold = 0`

async function jsonTable(
  duck: Duck,
  files: readonly Sniffed[],
  everything: boolean,
  signal: AbortSignal,
): Promise<TextTable> {
  const described = async (some: readonly Sniffed[], sample: number) => {
    const sql = `DESCRIBE SELECT * FROM read_json(${jsonOptions(some)}, ${detection(some, sample)})`
    const { rows } = await duck.rows(sql, signal)
    return (rows as [string, string][]).map(([name, type]) => ({ name, type: textTypes(type) }))
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
  // DuckDB calls "answer" beside "Answer" "answer_1", and finds that name again only where it gave it.
  const renamed = columns.some(({ name }) => {
    const base = /^(.*)_\d+$/s.exec(name)?.[1]?.toLowerCase()
    return base !== undefined && columns.some((other) => other.name.toLowerCase() === base)
  })
  const relation = () =>
    renamed
      ? `(SELECT ${columns.map(({ name, type }) => `CAST(${named(name)} AS ${type}) AS ${named(name)}`).join(', ')} FROM read_json(${jsonOptions(files)}, ${detection(files, everything ? -1 : SOME)}))`
      : `read_json(${jsonOptions(files)}, auto_detect = false, columns = {${columns.map(({ name, type }) => `${named(name)}: ${quoted(type)}`).join(', ')}})`
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
async function csvDialect(file: Sniffed): Promise<Dialect> {
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
  return `read_csv(${fileSql(path)}, hive_partitioning = false, auto_detect = false, delim = ${quoted(delimiter)}, quote = '"', escape = '"', header = ${header}, columns = {${columns}}, strict_mode = true, null_padding = false, allow_quoted_nulls = false, compression = '${compression}', max_line_size = ${LONGEST_LINE})`
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
  files: Sniffed[]
  aside: { count: number; first: number; of: string } | null
}

/**
 * The readable lines of files that DuckDB refused, in files of `folder`; the others, as they are, in `aside`.
 * Errors: DATA_BAD_LINE and DATA_NOT_UTF8 at the first bad line when `badLines` is "stop"; DATA_EMPTY when none is
 * good; DATA_DAMAGED.
 */
export async function clean(
  files: readonly Sniffed[],
  badLines: DataRef['badLines'],
  folder: string,
  aside: string,
  { signal, progress }: WorkContext,
): Promise<Cleaned> {
  const cleaned: Cleaned = { files: [], aside: null }
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  const bad = writer(aside)
  let done = 0
  try {
    for (const [at, file] of files.entries()) {
      const path = join(folder, `clean-${at}.${file.format === 'csv' ? 'csv' : 'jsonl'}`)
      const dialect = file.format === 'csv' ? await csvDialect(file) : null
      const good = writer(path)
      let kept = 0
      try {
        if (dialect !== null) await good.write(`${dialect.names.map(quotedField).join(',')}\n`)
        for await (const { line, raw, read } of linesOf(file, dialect, signal)) {
          if ('text' in read) {
            await good.write(`${read.text}\n`)
            kept += 1
            continue
          }
          const detail = 'detail' in read ? { detail: read.detail } : {}
          if (badLines === 'stop') throw new AppError(read.code, { file: file.path, line, ...detail })
          cleaned.aside ??= { count: 0, first: line, of: file.path }
          cleaned.aside.count += 1
          await bad.write(Buffer.concat([raw, Buffer.from('\n')]))
        }
      } finally {
        await good.end()
      }
      if (kept > 0)
        cleaned.files.push({ ...file, path, format: dialect === null ? 'jsonl' : 'csv', compression: 'none' })
      progress((done += file.bytes), total, 'bytes')
    }
  } finally {
    await bad.end()
  }
  if (cleaned.files.length === 0) throw new AppError('DATA_EMPTY', { file: files[0]?.path ?? folder })
  return cleaned
}

const quotedField = (name: string) => `"${name.replaceAll('"', '""')}"`

/** Of small pieces a stream makes small writes (80,000 lines: 10 s). What was read must not pile up either. */
const WRITTEN_AT_ONCE = 1024 * 1024

/** Writes a new file, in large pieces. `end` always: it closes it. */
export function writer(path: string) {
  const opening = open(path, 'w')
  opening.catch(() => undefined)
  let pending: Buffer[] = []
  let length = 0
  const flush = async () => {
    const piece = Buffer.concat(pending)
    pending = []
    length = 0
    await (await opening).writeFile(piece)
  }
  return {
    async write(text: string | Buffer): Promise<void> {
      const piece = Buffer.from(text)
      pending.push(piece)
      length += piece.length
      if (length >= WRITTEN_AT_ONCE) await flush()
    },
    async end(): Promise<void> {
      try {
        await flush()
      } finally {
        await (await opening).close()
      }
    },
  }
}

async function* linesOf(file: Sniffed, dialect: Dialect | null, signal: AbortSignal): AsyncGenerator<Line> {
  if (dialect !== null) yield* csvRecords(file, dialect, signal)
  else if (file.format === 'jsonl') yield* jsonLines(file, signal)
  else yield* jsonValue(file, signal)
}

/** A file that is one list, or objects over several lines: each of them with the line that it begins in. */
async function* jsonValue(file: Sniffed, signal: AbortSignal): AsyncGenerator<Line> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of bytesOf(file, signal)) {
    pieces.push(piece)
    length += piece.length
    if (length > PARSED_WHOLE) throw new AppError('DATA_DAMAGED', { file: file.path, detail: 'no JSON' })
  }
  const bytes = Buffer.concat(pieces)
  if (!isUtf8(bytes)) throw new AppError('DATA_NOT_UTF8', { file: file.path, line: lineNotUtf8(bytes) })
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '')
  let line = 1
  let before = 0
  let items = 0
  for (const [from, to] of jsonItems(text)) {
    if ((items += 1) % ITEMS_AT_ONCE === 0) await setImmediate()
    if (signal.aborted) throw new AppError('CANCELLED')
    for (let at = text.indexOf('\n', before); at !== -1 && at < from; at = text.indexOf('\n', at + 1)) line += 1
    before = from
    const item = text.slice(from, to)
    const read = jsonObject(item)
    // As one line: DuckDB reads what is kept as JSON lines.
    yield { line, raw: Buffer.from(item), read: 'text' in read ? { text: item.replace(/[\r\n]+/g, ' ') } : read }
  }
}

/** Where the items of a list, or values one behind the other, begin and end. What is wrong stays within its item. */
export function* jsonItems(text: string): Generator<[from: number, to: number]> {
  const isList = text.trimStart().startsWith('[')
  let at = isList ? text.indexOf('[') + 1 : 0
  let from = -1
  let depth = 0
  for (; at < text.length; at += 1) {
    const character = text[at] ?? ''
    if (character === '"') {
      if (from === -1) from = at
      for (at += 1; at < text.length && text[at] !== '"'; at += 1) if (text[at] === '\\') at += 1
    } else if (character === '{' || character === '[') {
      if (from === -1) from = at
      depth += 1
    } else if (depth > 0 && (character === '}' || character === ']')) {
      depth -= 1
      if (depth === 0 && !isList) {
        yield [from, at + 1]
        from = -1
      }
    } else if (depth === 0 && isList && (character === ',' || character === ']')) {
      if (from !== -1) yield [from, at]
      from = -1
      if (character === ']') return
    } else if (from === -1 && !/\s/.test(character)) from = at
  }
  if (from !== -1) yield [from, text.length]
}

function lineNotUtf8(bytes: Buffer): number {
  let line = 1
  for (let at = 0; at < bytes.length; line += 1) {
    const found = bytes.indexOf(0x0a, at)
    const end = found === -1 ? bytes.length : found
    if (!isUtf8(bytes.subarray(at, end))) return line
    at = end + 1
  }
  return line
}
