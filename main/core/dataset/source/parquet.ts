import type { Finding } from '#contract'
import { AppError } from '../../errors'
import { largeColumns } from './arrow-types'
import type { ResultColumn } from './cells'
import { dataError, type Duck } from './duck'
import { fileSql, filesSql, named } from './sql'

/** Parquet files that are one table, with the rows of each: the user's own, or our copy. */
export interface Parts {
  paths: string[]
  counts: number[]
  columns: ResultColumn[]
  /** Their columns are not all the same. */
  differ: boolean
}

export const INDEX = '__index'

export const totalOf = ({ counts }: Parts): number => counts.reduce((sum, count) => sum + count, 0)

/** A folder called "split=train" is no column. */
const read = ({ differ }: Parts, paths: readonly string[]) =>
  `read_parquet(${filesSql(paths)}, hive_partitioning = false${differ ? ', union_by_name = true' : ''})`

/** Index of the first row of each file. */
function offsets({ counts }: Parts): number[] {
  let sum = 0
  return counts.map((count) => (sum += count) - count)
}

/** `file_row_number` and `file_index` are virtual columns of DuckDB's parquet reader. */
export function relationOf(parts: Parts): string {
  const place =
    parts.paths.length === 1
      ? 'file_row_number'
      : `file_row_number + ([${offsets(parts).join(', ')}])[file_index::BIGINT + 1]`
  return `(SELECT *, (${place})::BIGINT AS ${INDEX} FROM ${read(parts, parts.paths)})`
}

/** Only the files that a page lies in are opened, and of those only their row groups. Its last column is the index. */
export function pageSql(parts: Parts, from: number, count: number): string {
  return someSql(
    parts,
    offsets(parts).flatMap((offset, at) => {
      const first = Math.max(0, from - offset)
      const last = Math.min(parts.counts[at] ?? 0, from + count - offset) - 1
      return last < first ? [] : [{ at, where: `file_row_number BETWEEN ${first} AND ${last}` }]
    }),
  )
}

/** Rows by their indexes, in no special order. */
export function pickSql(parts: Parts, indexes: readonly number[]): string {
  return someSql(
    parts,
    offsets(parts).flatMap((offset, at) => {
      const here = indexes.map((index) => index - offset).filter((row) => row >= 0 && row < (parts.counts[at] ?? 0))
      return here.length === 0 ? [] : [{ at, where: `file_row_number IN (${here.join(', ')})` }]
    }),
  )
}

function someSql(parts: Parts, some: { at: number; where: string }[]): string {
  const starts = offsets(parts)
  const names = parts.columns.map(({ name }) => named(name))
  const pieces = some.map(({ at, where }) => {
    const place = `(file_row_number + ${starts[at] ?? 0})::BIGINT AS ${INDEX}`
    return `SELECT *, ${place} FROM read_parquet(${fileSql(parts.paths[at] ?? '')}, hive_partitioning = false) WHERE ${where}`
  })
  const empty = `SELECT * FROM ${relationOf(parts)} LIMIT 0`
  if (pieces.length === 0) return empty
  // A file that lacks columns, or has them in another order, gets them by the whole table's names and types.
  const sql = parts.differ ? [`(${empty})`, ...pieces].join(' UNION ALL BY NAME ') : pieces.join(' UNION ALL ')
  return parts.differ ? `SELECT ${[...names, INDEX].join(', ')} FROM (${sql})` : sql
}

/** Looks at the footers only. Errors: DATA_DAMAGED, DATA_COLUMNS_DOUBLE. */
export async function openParts(
  duck: Duck,
  paths: string[],
  signal: AbortSignal,
): Promise<{ parts: Parts; findings: Finding[] }> {
  try {
    const counts = await countsOf(duck, paths, signal)
    const schemas = await schemasOf(duck, paths, signal)
    const findings = compare(paths, schemas)
    const parts: Parts = { paths, counts, columns: [], differ: findings.length > 0 }
    parts.columns = await duck.columns(`SELECT * FROM ${read(parts, paths)}`, signal)
    return { parts, findings: [...findings, ...doubles(paths, schemas), ...(await largeTypes(duck, paths, signal))] }
  } catch (thrown) {
    throw dataError(thrown, paths)
  }
}

async function countsOf(duck: Duck, paths: string[], signal: AbortSignal): Promise<number[]> {
  const sql = `SELECT file_name, num_rows FROM parquet_file_metadata(${filesSql(paths)})`
  const counts = new Map(
    ((await duck.rows(sql, signal)).rows as [string, number][]).map(([file, rows]) => [file, Number(rows)] as const),
  )
  return paths.map((path) => counts.get(path) ?? 0)
}

/** What each file's columns are, by name: a text that is the same for the same type. */
type Schema = [name: string, type: string][]

async function schemasOf(duck: Duck, paths: string[], signal: AbortSignal): Promise<Map<string, Schema>> {
  const columns = ['type', 'num_children', 'converted_type', 'logical_type'] as const
  const sql = `SELECT file_name, name, ${columns.join(', ')}, repetition_type FROM parquet_schema(${filesSql(paths)})`
  const elements = new Map<string, { name: string; children: number; type: string }[]>()
  type Element = [file: string, name: string, type: string | null, children: number, string, string, repeated: string]
  for (const [file, name, type, children, converted, , repeated] of (await duck.rows(sql, signal)).rows as Element[]) {
    const list = elements.get(file) ?? []
    const own = repeated === 'REPEATED' ? '*' : ''
    list.push({
      name,
      children: Number(children ?? 0),
      type: `${own}${type ?? ''}/${converted}`,
    })
    elements.set(file, list)
  }
  return new Map(
    paths.map((path) => {
      const list = elements.get(path) ?? []
      let at = 1 // behind the root
      const walk = (): string => {
        const element = list[at]
        at += 1
        if (element === undefined) return ''
        const inner = Array.from({ length: element.children }, () => `${list[at]?.name ?? ''}:${walk()}`)
        return element.children === 0 ? element.type : `${element.type}{${inner.join(',')}}`
      }
      const schema: Schema = []
      while (at < list.length) {
        const name = list[at]?.name ?? ''
        schema.push([name, walk()])
      }
      return [path, schema]
    }),
  )
}

/** The first file decides; each that has other columns is named with them. */
function compare(paths: string[], schemas: Map<string, Schema>): Finding[] {
  const [first = '', ...others] = paths
  const usual = schemas.get(first) ?? []
  const text = JSON.stringify(usual)
  return others.flatMap((file) => {
    const schema = schemas.get(file) ?? []
    if (JSON.stringify(schema) === text) return []
    const same = (a: Schema) => new Set(a.map(([name, type]) => `${name}\n${type}`))
    const [ours, theirs] = [same(usual), same(schema)]
    const columns = [
      ...schema.filter(([name, type]) => !ours.has(`${name}\n${type}`)),
      ...usual.filter(([name, type]) => !theirs.has(`${name}\n${type}`)),
    ].map(([name]) => name)
    return [differing(file, columns.length > 0 ? columns : schema.map(([name]) => name))]
  })
}

export const differing = (file: string, columns: string[]): Finding => ({
  code: 'DATA_SCHEMAS_DIFFER',
  severity: 'warning',
  params: { file, columns: [...new Set(columns)].join(', ') },
})

/** DuckDB does not tell "Answer" from "answer" and calls the second "answer_1". Of one name twice nobody can say which. */
function doubles(paths: string[], schemas: Map<string, Schema>): Finding[] {
  return paths.flatMap((file) => {
    const names = (schemas.get(file) ?? []).map(([name]) => name)
    return doubleNames(file, names)
  })
}

/** A finding when names differ in their letters' case only. Errors: DATA_COLUMNS_DOUBLE when they do not differ. */
export function doubleNames(file: string, names: readonly string[]): Finding[] {
  const twice = names.filter((name, at) => names.indexOf(name) !== at || name === INDEX)
  if (twice.length > 0) throw new AppError('DATA_COLUMNS_DOUBLE', { file, columns: [...new Set(twice)].join(', ') })
  const lower = names.map((name) => name.toLowerCase())
  const alike = names.filter((_, at) => lower.indexOf(lower[at] ?? '') !== lower.lastIndexOf(lower[at] ?? ''))
  if (alike.length === 0) return []
  return [{ code: 'DATA_COLUMNS_DOUBLE', severity: 'warning', params: { file, columns: alike.join(', ') } }]
}

/**
 * Types with offsets of 64 bits, as polars writes them: verl joins files, and the datasets library refuses to join
 * LargeList with List. Parquet does not know the difference; the Arrow schema that writers keep beside it does.
 */
async function largeTypes(duck: Duck, paths: string[], signal: AbortSignal): Promise<Finding[]> {
  const sql = `SELECT value FROM parquet_kv_metadata(${fileSql(paths[0] ?? '')}) WHERE key::VARCHAR = 'ARROW:schema'`
  const text = (await duck.rows(`SELECT value::VARCHAR FROM (${sql})`, signal)).rows[0]?.[0]
  if (typeof text !== 'string') return []
  return largeColumns(Buffer.from(text, 'base64'))
}
