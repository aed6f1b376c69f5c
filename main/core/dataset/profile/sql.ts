import type { DataColumn } from '#contract'

/** A name of a column in SQL. */
export const named = (name: string) => `"${name.replaceAll('"', '""')}"`

/** What quantiles and histogram of a column are of: its length or its value. */
export interface Measure {
  kind: 'characters' | 'items' | 'value'
  /** SQL of a number, NULL where there is none. */
  sql: string
}

/** null: nothing of such a column can be measured. */
export function measureOf({ name, kind, type }: DataColumn): Measure | null {
  const column = named(name)
  if (kind === 'text') return { kind: 'characters', sql: `length(${column})` }
  if (kind === 'messages' || kind === 'list') return { kind: 'items', sql: `len(${column})` }
  // Seconds since 1970: a histogram needs numbers.
  if (kind === 'time' && /^(DATE|TIMESTAMP)/.test(type)) return { kind: 'value', sql: `epoch(${column}::TIMESTAMP)` }
  // NaN and infinities have no place among quantiles, and JSON has no word for them.
  if (kind === 'number')
    return { kind: 'value', sql: `(CASE WHEN isfinite(${column}::DOUBLE) THEN ${column}::DOUBLE END)` }
  return null
}

/** Columns whose values can be told apart and ordered at little cost. */
export const isPlain = ({ kind }: DataColumn) =>
  kind === 'text' || kind === 'number' || kind === 'boolean' || kind === 'time'

/** A whole number of 64 bits that is the same for rows that are the same in these columns. */
export const rowHash = (columns: readonly DataColumn[]) => `hash(${columns.map(({ name }) => named(name)).join(', ')})`
