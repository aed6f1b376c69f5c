import type { Cell, ColumnProfile, DataColumn, DataProfile } from '#contract'
import type { Row, Table, WorkContext } from '../types'
import { isPlain, measureOf, named, rowHash, type Measure } from './sql'

const BINS = 24
/** Characters of a value that are shown. */
const SHOWN = 200
/** A column with more different values has none that are worth a list. */
const MOST_LISTED = 1000
const TOP = 5
const EXAMPLES = 20
/** Up to so many rows everything is counted exactly. */
const EXACT_ROWS = 100_000

/**
 * What is in each column, in a few passes of SQL: counts and quantiles of all columns at once, histograms, and rows that
 * are there twice. Distinct values and quantiles of large data are DuckDB's estimates (HyperLogLog and t-digest; the
 * first was seen 12 % off): exact ones would need the memory of the columns.
 */
export async function profileTable(table: Table, context: WorkContext): Promise<DataProfile> {
  const { columns, rows, relation } = table
  const ask = (sql: string) => table.query(sql, context.signal)
  const passes = 4
  const step = (done: number) => context.progress(Math.round((rows * done) / passes), rows, 'rows')
  step(0)
  const [facts = {}] = await ask(
    `SELECT ${columns.flatMap((column, at) => factsSql(column, at, rows <= EXACT_ROWS)).join(', ')} FROM ${relation}`,
  )
  step(1)
  const histograms = await histogramsOf(table, facts, context.signal)
  step(2)
  const profiles: ColumnProfile[] = []
  for (const [at, column] of columns.entries()) {
    const profile = columnProfile(column, at, facts, histograms.get(at) ?? null)
    profiles.push({ ...profile, top: await topOf(column, profile, ask, relation) })
  }
  step(3)
  const duplicates = await duplicatesOf(table, context.signal)
  step(passes)
  return { rows, columns: profiles, duplicates }
}

/** Everything that one look at a column gives, under names by its place. */
function factsSql(column: DataColumn, at: number, exact: boolean): string[] {
  const name = named(column.name)
  const measure = measureOf(column)
  const facts = [`count(*) - count(${name}) AS n${at}`]
  if (isPlain(column)) {
    facts.push(`${exact ? `count(DISTINCT ${name})` : `approx_count_distinct(${name})`} AS d${at}`)
    const shown = column.kind === 'text' ? `left(${name}, ${SHOWN})` : name
    facts.push(`min(${shown})::VARCHAR AS a${at}`, `max(${shown})::VARCHAR AS z${at}`)
  }
  if (measure !== null) {
    const { sql } = measure
    facts.push(`min(${sql})::DOUBLE AS l${at}`, `max(${sql})::DOUBLE AS h${at}`)
    const quantile = exact ? 'quantile_disc' : 'approx_quantile'
    facts.push(`${quantile}(${sql}, [0.25, 0.5, 0.75, 0.95])::DOUBLE[] AS q${at}`)
  }
  return facts
}

/** One pass for all columns: a list of bin counts each. */
async function histogramsOf(
  { columns, relation, query }: Table,
  facts: Row,
  signal: AbortSignal,
): Promise<Map<number, { from: number; to: number; counts: number[] }>> {
  const asked = columns.flatMap((column, at) => {
    const measure = measureOf(column)
    const [from, to] = [numberOf(facts[`l${at}`]), numberOf(facts[`h${at}`])]
    // Two numbers can be further apart than the largest one.
    return measure === null || from === null || to === null || from === to || !Number.isFinite(to - from)
      ? []
      : [{ at, measure, from, to }]
  })
  if (asked.length === 0) return new Map()
  const bins = asked.map(({ at, measure, from, to }) => `histogram(${binSql(measure, from, to)}) AS b${at}`)
  // A map of bins to counts, as a list of its pairs: keys of JSON would be texts.
  const lists = asked.map(({ at }) => `map_entries(b${at}) AS b${at}`)
  const [found = {}] = await query(
    `SELECT ${lists.join(', ')} FROM (SELECT ${bins.join(', ')} FROM ${relation})`,
    signal,
  )
  return new Map(asked.map(({ at, from, to }) => [at, { from, to, counts: countsOf(found[`b${at}`] ?? null) }]))
}

/** `least` passes over a NULL, and would put it into the last bin. */
const binSql = ({ sql }: Measure, from: number, to: number) =>
  `(CASE WHEN ${sql} IS NOT NULL THEN least(${BINS - 1}, floor((${sql} - ${from}) * ${BINS} / ${to - from})) END)::INTEGER`

function countsOf(entries: Cell): number[] {
  const counts = new Array<number>(BINS).fill(0)
  for (const entry of Array.isArray(entries) ? entries : []) {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) continue
    const [bin, count] = [numberOf(entry['key']), numberOf(entry['value'])]
    if (bin !== null && count !== null) counts[bin] = count
  }
  return counts
}

function columnProfile(
  column: DataColumn,
  at: number,
  facts: Row,
  histogram: ColumnProfile['histogram'],
): ColumnProfile {
  const quantiles = facts[`q${at}`] ?? null
  const [p0, p100] = [numberOf(facts[`l${at}`]), numberOf(facts[`h${at}`])]
  const [p25 = 0, p50 = 0, p75 = 0, p95 = 0] = Array.isArray(quantiles) ? quantiles.map((value) => Number(value)) : []
  return {
    ...column,
    nulls: numberOf(facts[`n${at}`]) ?? 0,
    distinct: numberOf(facts[`d${at}`]),
    min: textOf(facts[`a${at}`]),
    max: textOf(facts[`z${at}`]),
    measure: measureOf(column)?.kind ?? null,
    quantiles: p0 === null || p100 === null || !Array.isArray(quantiles) ? null : { p0, p25, p50, p75, p95, p100 },
    histogram,
    top: [],
  }
}

async function topOf(
  column: DataColumn,
  { distinct }: ColumnProfile,
  ask: (sql: string) => Promise<Row[]>,
  relation: string,
): Promise<ColumnProfile['top']> {
  if (!isPlain(column) || distinct === null || distinct > MOST_LISTED) return []
  const name = named(column.name)
  const rows = await ask(
    `SELECT left(${name}::VARCHAR, ${SHOWN}) AS value, count(*) AS count FROM ${relation} WHERE ${name} IS NOT NULL GROUP BY ${name} ORDER BY count DESC, value LIMIT ${TOP}`,
  )
  return rows.map(({ value, count }) => ({ value: textOf(value) ?? '', count: numberOf(count) ?? 0 }))
}

/** Rows that repeat an earlier one, by a hash of 64 bits of all columns. */
async function duplicatesOf(
  { columns, relation, query }: Table,
  signal: AbortSignal,
): Promise<DataProfile['duplicates']> {
  const grouped = `SELECT count(*) AS many, min("__index") AS first, hashed FROM (SELECT "__index", ${rowHash(columns)} AS hashed FROM ${relation}) GROUP BY hashed HAVING count(*) > 1`
  const [sum = {}] = await query(`SELECT coalesce(sum(many - 1), 0)::BIGINT AS rows FROM (${grouped})`, signal)
  const rows = numberOf(sum['rows']) ?? 0
  if (rows === 0) return { rows, examples: [] }
  const some = `SELECT hashed FROM (${grouped}) ORDER BY first LIMIT ${EXAMPLES}`
  const examples = await query(
    `SELECT list("__index" ORDER BY "__index") AS indexes FROM (SELECT "__index", ${rowHash(columns)} AS hashed FROM ${relation}) WHERE hashed IN (${some}) GROUP BY hashed ORDER BY min("__index")`,
    signal,
  )
  return {
    rows,
    examples: examples.map(({ indexes }) => (Array.isArray(indexes) ? indexes.slice(0, EXAMPLES).map(Number) : [])),
  }
}

const numberOf = (value: Cell | undefined): number | null =>
  typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : null
const textOf = (value: Cell | undefined): string | null =>
  value === null || value === undefined ? null : typeof value === 'string' ? value : JSON.stringify(value)
