import type { DataRef, Finding } from '#contract'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../errors'
import type { WorkContext } from '../types'
import type { ArrowTable } from './arrow-table'
import { dataError, type Duck } from './duck'
import { LONGEST_LINE } from './lines'
import type { Sniffed } from './sniff'
import { fileSql, named, quoted } from './sql'
import { clean, textTable, writer } from './text'

/** Small groups make any page cheap (measured.md B2); of very many rows the footer would get too large. */
const ROW_GROUP = 2048
const ROW_GROUP_OF_MANY = 16_384
const MANY_BYTES = 4 * 1024 ** 3
/** Of one part's JSON: the disk needs room for it once. */
const PART_BYTES = 512 * 1024 * 1024

export interface Converted {
  findings: Finding[]
  parts: { name: string; rows: number }[]
}

const sizeOf = (files: readonly Sniffed[]) => files.reduce((sum, { bytes }) => sum + bytes, 0)

function copySql(select: string, target: string, bytes: number): string {
  const group = bytes > MANY_BYTES ? ROW_GROUP_OF_MANY : ROW_GROUP
  return `COPY (${select}) TO ${quoted(target)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${group})`
}

async function countOf(duck: Duck, file: string, signal: AbortSignal): Promise<number> {
  const { rows } = await duck.rows(`SELECT num_rows FROM parquet_file_metadata(${fileSql(file)})`, signal)
  return Number(rows[0]?.[0])
}

/**
 * JSON and CSV to parquet in `folder`, which will be called `later`. Errors: DATA_BAD_LINE and DATA_NOT_UTF8 with the
 * line, DATA_EMPTY, DATA_DAMAGED, DATA_COLUMNS_DOUBLE, DISK_FULL, CANCELLED.
 */
export async function convertText(
  duck: Duck,
  files: readonly Sniffed[],
  badLines: DataRef['badLines'],
  folder: string,
  later: string,
  context: WorkContext,
): Promise<Converted> {
  const { signal } = context
  const name = 'rows.parquet'
  const target = join(folder, name)
  const paths = files.map(({ path }) => path)
  const total = sizeOf(files)
  const convert = async (some: readonly Sniffed[]) => {
    const table = await textTable(duck, some, true, signal)
    await duck.run(copySql(table.sql, target, total), signal, (share) => {
      context.progress(Math.round(share * total), total, 'bytes')
    })
    return table.findings
  }
  let findings: Finding[]
  try {
    findings = await convert(files)
  } catch (thrown) {
    const error = dataError(thrown, paths)
    if (error.data.code !== 'DATA_DAMAGED') throw error
    const asideName = 'set-aside.txt'
    const cleaned = await clean(files, badLines, folder, join(folder, asideName), context)
    try {
      findings = await convert(cleaned.files)
    } catch (again) {
      // Nothing is wrong that we can see: what DuckDB says, about the file that it says it of.
      throw again instanceof AppError ? again : dataError(thrown, paths)
    }
    findings = findings.map((finding) => renamed(finding, cleaned.files, files))
    await Promise.all(cleaned.files.map(({ path }) => rm(path, { force: true })))
    if (cleaned.aside === null) await rm(join(folder, asideName), { force: true })
    else {
      const { count, first, of } = cleaned.aside
      const params = { count, first, of, file: join(later, asideName) }
      findings.push({ code: 'DATA_LINES_SET_ASIDE', severity: 'warning', params })
    }
  }
  const rows = await countOf(duck, target, signal)
  if (rows === 0) throw new AppError('DATA_EMPTY', { file: paths[0] ?? folder })
  return { findings, parts: [{ name, rows }] }
}

/** A finding about a cleaned file is about the one that it came from. */
function renamed(finding: Finding, cleaned: readonly Sniffed[], files: readonly Sniffed[]): Finding {
  const place = cleaned.findIndex(({ path }) => path === finding.params['file'])
  const number = Number(/clean-(\d+)\./.exec(cleaned[place]?.path ?? '')?.[1])
  const file = files[number]?.path
  return file === undefined ? finding : { ...finding, params: { ...finding.params, file } }
}

/** Arrow to parquet, with the types of its schema: through JSON lines, which DuckDB reads faster than values. */
export async function convertArrow(
  duck: Duck,
  table: ArrowTable,
  files: readonly Sniffed[],
  folder: string,
  context: WorkContext,
): Promise<Converted> {
  const { signal } = context
  const lines = join(folder, 'rows.jsonl')
  const keys = table.columns.map((_, at) => `c${at}`)
  // JSON's texts become bytes by a cast only: "\\xFF" is one byte.
  const types = table.columns.map(({ type }, at) => `${keys[at]}: ${quoted(withoutBytes(String(type)))}`)
  const values = table.columns.map(({ name, type }, at) => `CAST(${keys[at]} AS ${String(type)}) AS ${named(name)}`)
  /** A picture in a row is as long as it is; DuckDB takes twice this much memory for each thread. */
  let longest = LONGEST_LINE
  const select = () =>
    `SELECT ${values.join(', ')} FROM read_json(${fileSql(lines)}, hive_partitioning = false, format = 'newline_delimited', auto_detect = false, maximum_object_size = ${longest}, columns = {${types.join(', ')}})`
  const parts: Converted['parts'] = []
  let open: ReturnType<typeof writer> | null = null
  let bytes = 0
  let rows = 0
  const finish = async () => {
    if (open === null) return
    await open.end()
    open = null
    const name = `rows-${String(parts.length).padStart(5, '0')}.parquet`
    try {
      await duck.run(copySql(select(), join(folder, name), sizeOf(files)), signal)
    } catch (thrown) {
      throw dataError(thrown, [files[0]?.path ?? ''])
    }
    const written = await countOf(duck, join(folder, name), signal)
    if (written !== rows) throw new AppError('INTERNAL', { detail: `${name}: ${written} of ${rows} rows` })
    parts.push({ name, rows })
    bytes = rows = 0
  }
  try {
    for await (const some of table.rows('copy', 0, context)) {
      open ??= writer(lines)
      const text = some.map((cells) => `{${cells.map((cell, at) => `"c${at}":${JSON.stringify(cell)}`).join(',')}}\n`)
      const piece = Buffer.from(text.join(''))
      if (piece.length > longest) longest = Math.max(longest, ...text.map((line) => Buffer.byteLength(line)))
      bytes += piece.length
      rows += some.length
      await open.write(piece)
      if (bytes >= PART_BYTES) await finish()
    }
    await finish()
  } finally {
    await open?.end().catch(() => undefined)
    await rm(lines, { force: true })
  }
  if (parts.length === 0) throw new AppError('DATA_EMPTY', { file: files[0]?.path ?? '' })
  return { findings: table.findings, parts }
}

/** A type as DuckDB spells it, with texts in the place of bytes. */
const withoutBytes = (type: string) =>
  type.replace(/"(?:[^"]|"")*"|BLOB/g, (word) => (word === 'BLOB' ? 'VARCHAR' : word))
