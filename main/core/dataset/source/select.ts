import type { DataFilter, RowsRequest } from '#contract'
import { AppError } from '../../errors'
import { kindOf, type ResultColumn } from './cells'
import { named, quoted } from './sql'

const SORTED_BY = 64

/** What a page is chosen by, as SQL behind the FROM. Errors: DATA_COLUMN_MISSING, BAD_INPUT. */
export function conditions(columns: readonly ResultColumn[], request: RowsRequest): string {
  const where = [
    ...(request.search === '' ? [] : [searchSql(columns, request.search)]),
    ...request.filters.map((filter) => filterSql(columns, filter)),
  ]
  return where.length === 0 ? '' : ` WHERE ${where.map((one) => `(${one})`).join(' AND ')}`
}

export function orderSql(columns: readonly ResultColumn[], { sort }: RowsRequest, index: string): string {
  if (sort === null) return ` ORDER BY ${index}`
  const column = columnOf(columns, sort.column)
  const name = named(column.name)
  // Of texts by their beginning: a million whole ones are more than the memory that we allow ourselves.
  const text = isNested(column)
    ? `to_json(${name})::VARCHAR`
    : kindOf(column.type) === 'text'
      ? `${name}::VARCHAR`
      : null
  const value = text === null ? name : `left(${text}, ${SORTED_BY})`
  return ` ORDER BY ${value} ${sort.descending ? 'DESC' : 'ASC'} NULLS LAST, ${index}`
}

function columnOf(columns: readonly ResultColumn[], name: string): ResultColumn {
  const column = columns.find((one) => one.name === name)
  if (column === undefined)
    throw new AppError('DATA_COLUMN_MISSING', {
      column: name,
      columns: columns.map((one) => one.name).join(', '),
    })
  return column
}

const isNested = ({ type }: ResultColumn) => ['list', 'struct', 'messages', 'json', 'other'].includes(kindOf(type))

/** A column as text, and `text` as it stands there: in JSON a backslash is two. null: it has no text. */
function textOf(column: ResultColumn, text: string): { sql: string; text: string } | null {
  const name = named(column.name)
  if (kindOf(column.type) === 'bytes') return null
  if (kindOf(column.type) === 'json') return { sql: `${name}::VARCHAR`, text: JSON.stringify(text).slice(1, -1) }
  if (isNested(column)) return { sql: `to_json(${name})::VARCHAR`, text: JSON.stringify(text).slice(1, -1) }
  return { sql: `${name}::VARCHAR`, text }
}

function containsSql(column: ResultColumn, wanted: string): string {
  const found = textOf(column, wanted)
  return found === null ? 'false' : `contains(lower(${found.sql}), lower(${quoted(found.text)}))`
}

/** Whole "contains", not ILIKE: nothing in the text has a meaning of its own. */
const searchSql = (columns: readonly ResultColumn[], text: string) =>
  columns.map((column) => `coalesce(${containsSql(column, text)}, false)`).join(' OR ') || 'false'

function filterSql(columns: readonly ResultColumn[], { column: name, op, value }: DataFilter): string {
  const column = columnOf(columns, name)
  const kind = kindOf(column.type)
  const sql = named(name)
  switch (op) {
    case 'contains':
      return containsSql(column, value)
    case 'equals':
      if (kind === 'number') return `${sql} = ${numberOf(value)}`
      if (kind === 'boolean') return `${sql}::VARCHAR = lower(${quoted(value.trim())})`
      return `${textOf(column, value)?.sql ?? 'NULL'} = ${quoted(value)}`
    case 'above':
    case 'below': {
      const measure =
        kind === 'number'
          ? sql
          : kind === 'list' || kind === 'messages'
            ? `len(${sql})`
            : kind === 'bytes'
              ? `octet_length(${sql})`
              : `length(${textOf(column, value)?.sql ?? ''})`
      return `${measure} ${op === 'above' ? '>' : '<'} ${numberOf(value)}`
    }
    case 'empty':
      return emptySql(column)
    case 'filled':
      return `NOT (${emptySql(column)})`
  }
}

function emptySql(column: ResultColumn): string {
  const kind = kindOf(column.type)
  const sql = named(column.name)
  if (kind === 'text') return `coalesce(trim(${sql}::VARCHAR), '') = ''`
  if (kind === 'list' || kind === 'messages') return `coalesce(len(${sql}), 0) = 0`
  if (kind === 'json') return `coalesce(${sql}::VARCHAR, 'null') IN ('null', '""', '[]', '{}')`
  return `${sql} IS NULL`
}

function numberOf(value: string): string {
  const text = value.trim()
  if (!/^-?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(text))
    throw new AppError('BAD_INPUT', { detail: `"${value}" is no number` })
  return text
}
