import type { DataColumn, DataComparison } from '#contract'
import { AppError } from '../../errors'
import type { Table, WorkContext } from '../types'
import { named } from './sql'

/** How the question is called, likeliest first. */
const QUESTIONS = ['question', 'prompt', 'problem', 'instruction', 'query', 'input', 'messages', 'text']
const EXAMPLES = 50
const SHOWN = 300

/**
 * What two datasets have in common: columns, and rows with the same text in `column` (null: the question, if one is
 * recognised), letters' case and white space aside. Of messages it is what the user says last.
 * Errors: DATA_COLUMN_MISSING.
 */
export async function compareTables(
  a: Table,
  b: Table,
  column: string | null,
  context: WorkContext,
): Promise<DataComparison> {
  const names = { a: a.columns.map(({ name }) => name), b: b.columns.map(({ name }) => name) }
  const both = names.a.filter((name) => names.b.includes(name))
  const chosen = column ?? QUESTIONS.find((name) => both.includes(name)) ?? null
  if (chosen !== null && !both.includes(chosen))
    throw new AppError('DATA_COLUMN_MISSING', { column: chosen, columns: both.join(', ') })
  context.progress(0, a.rows + b.rows, 'rows')
  const shared = chosen === null ? { shared: 0, examples: [] } : await sharedRows(a, b, chosen, context)
  context.progress(a.rows + b.rows, a.rows + b.rows, 'rows')
  const typeIn = (table: Table, name: string) => table.columns.find((one) => one.name === name)?.type ?? ''
  return {
    rows: { a: a.rows, b: b.rows },
    onlyA: names.a.filter((name) => !both.includes(name)),
    onlyB: names.b.filter((name) => !both.includes(name)),
    differ: both
      .map((name) => ({ name, a: typeIn(a, name), b: typeIn(b, name) }))
      .filter(({ a: left, b: right }) => left !== right),
    column: chosen,
    ...shared,
  }
}

async function sharedRows(
  a: Table,
  b: Table,
  column: string,
  { signal }: WorkContext,
): Promise<Pick<DataComparison, 'shared' | 'examples'>> {
  const keyed = (table: Table) => {
    const of = table.columns.find(({ name }) => name === column)
    return `(SELECT "__index" AS place, ${keySql(of)} AS key FROM ${table.relation})`
  }
  // Of the first only what is needed to find a row again: two words of 64 bits each.
  const left = `(SELECT hash(key) AS key, min(place) AS place FROM ${keyed(a)} WHERE key <> '' GROUP BY 1)`
  const joined = `SELECT l.place AS a, r.place AS b, r.key AS text FROM ${keyed(b)} r JOIN ${left} l ON l.key = hash(r.key) WHERE r.key <> ''`
  const [sum = {}] = await b.query(`SELECT count(*) AS shared FROM (${joined})`, signal)
  const found = await b.query(
    `SELECT a, b, left(text, ${SHOWN}) AS text FROM (${joined}) ORDER BY b LIMIT ${EXAMPLES}`,
    signal,
  )
  return {
    shared: Number(sum['shared'] ?? 0),
    examples: found.map((row) => ({
      a: Number(row['a']),
      b: Number(row['b']),
      text: typeof row['text'] === 'string' ? row['text'] : '',
    })),
  }
}

/** The text by which two rows are the same. */
function keySql(column: DataColumn | undefined): string {
  const name = named(column?.name ?? '')
  const text =
    column?.kind === 'messages'
      ? `(list_filter(${name}, lambda message: message.role = 'user')[-1].content)::VARCHAR`
      : `${name}::VARCHAR`
  return `trim(regexp_replace(lower(coalesce(${text}, '')), '\\s+', ' ', 'g'))`
}
