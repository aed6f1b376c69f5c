import type { Field, RecordBatch } from 'apache-arrow'
import { setImmediate } from 'node:timers/promises'
import type { Cell, Finding } from '#contract'
import { AppError } from '../../errors'
import type { WorkContext } from '../types'
import { openArrow, type ArrowBatch, type ArrowIndex } from './arrow-index'
import { duckType, largeFindings, type Arrow } from './arrow-types'
import { batchReader, type Form } from './arrow-values'
import type { ResultColumn } from './cells'
import { dataError, type Duck } from './duck'
import { differing, doubleNames } from './parquet'
import type { Sniffed } from './sniff'
import { named } from './sql'

/** Arrow files that are one table. */
export interface ArrowTable {
  columns: ResultColumn[]
  findings: Finding[]
  /** Rows from an index on, fewer at the end; and how many there are, when that is known. */
  page(from: number, count: number, signal: AbortSignal): Promise<{ rows: Cell[][]; total: number | null }>
  /** All rows from an index on, a batch of the file at a time. */
  rows(form: Form, from: number, context: WorkContext): AsyncGenerator<Cell[][]>
}

/** A field may have no name, or one that SQL cannot say. */
const namesOf = ({ schema }: ArrowIndex): string[] =>
  schema.fields.map(({ name }, at) => ((name as string | null) ?? '').replaceAll('\0', '\uFFFD') || `Unnamed: ${at}`)

/** Errors: DATA_DAMAGED, DATA_UNREADABLE, DATA_EMPTY, DATA_COLUMNS_DOUBLE. */
export async function openArrowTable(duck: Duck, files: readonly Sniffed[], signal: AbortSignal): Promise<ArrowTable> {
  try {
    return await openTable(duck, files, signal)
  } catch (thrown) {
    // A schema that says anything.
    throw dataError(thrown, [files[0]?.path ?? ''])
  }
}

async function openTable(duck: Duck, files: readonly Sniffed[], signal: AbortSignal): Promise<ArrowTable> {
  const arrow = await import('apache-arrow')
  const indexes = files.map((file) => {
    signal.throwIfAborted()
    return openArrow(arrow, file)
  })
  const types = new Map<string, string>()
  const findings: Finding[] = []
  for (const [at, index] of indexes.entries()) {
    const path = files[at]?.path ?? ''
    const { schema } = index
    const names = namesOf(index)
    if (at === 0) findings.push(...doubleNames(path, names), ...largeFindings(arrow, schema))
    const spelled = schema.fields.map((field) => duckType(arrow, typeOf(field)))
    const different = names.filter((name, place) => at > 0 && types.get(name) !== spelled[place])
    const missing = [...types.keys()].filter((name) => !names.includes(name))
    const columns = [...different, ...missing]
    if (columns.length > 0) findings.push(differing(path, columns))
    for (const [place, name] of names.entries()) if (!types.has(name)) types.set(name, spelled[place] ?? 'VARCHAR')
  }
  if (types.size === 0) throw new AppError('DATA_EMPTY', { file: files[0]?.path ?? '' })
  const nothing = Array.from(types, ([name, type]) => `NULL::${type} AS ${named(name)}`)
  const columns = await duck.columns(`SELECT ${nothing.join(', ')}`, signal)
  // Under their own names: DuckDB may have changed one that differs in its letters' case only.
  const names = [...types.keys()]
  const readers = readBatches(arrow, indexes, names)

  return {
    columns,
    findings,
    async page(from, count, signal) {
      const rows: Cell[][] = []
      let passed = 0
      let complete = true
      for (const [at, index] of indexes.entries()) {
        await index.reach(from + count - passed - 1, signal)
        for (const batch of index.batches) {
          const first = Math.max(0, from - passed - batch.from)
          const last = Math.min(batch.rows, from + count - passed - batch.from)
          if (first >= last) continue
          const read = readers(at, batch, 'cell')
          for (let row = first; row < last; row += 1) rows.push(read(row))
        }
        passed += index.rows
        complete = index.complete
        if (!complete || passed >= from + count) {
          complete &&= at === indexes.length - 1
          break
        }
      }
      return { rows, total: complete ? passed : null }
    },
    async *rows(form, from, { signal, progress }) {
      const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
      let before = 0
      let passed = 0
      for (const [at, index] of indexes.entries()) {
        for (let next = 0; ; next += 1) {
          while (index.batches.length <= next && !index.complete) await index.reach(index.rows, signal)
          const batch = index.batches[next]
          if (batch === undefined) break
          if (signal.aborted) throw new AppError('CANCELLED')
          const first = Math.max(0, from - passed - batch.from)
          if (first >= batch.rows) continue
          const read = readers(at, batch, form)
          for (let row = first; row < batch.rows; row += ROWS_AT_ONCE)
            yield Array.from({ length: Math.min(ROWS_AT_ONCE, batch.rows - row) }, (_, place) => read(row + place))
          // Another batch is work of milliseconds, and whoever wants to stop has to be heard.
          await setImmediate()
          progress(before + batch.at + batch.head + batch.body, total, 'bytes')
        }
        passed += index.rows
        before += files[at]?.bytes ?? 0
      }
    },
  }

  function readBatches(arrow: Arrow, indexes: ArrowIndex[], names: string[]) {
    /** The last batch that was decoded: pages follow each other. */
    let last: { key: ArrowBatch; batch: RecordBatch } | null = null
    return (at: number, key: ArrowBatch, form: Form) => {
      const index = indexes[at] as ArrowIndex
      const damaged = (thrown: unknown) =>
        thrown instanceof AppError
          ? thrown
          : new AppError('DATA_DAMAGED', { file: files[at]?.path ?? '', detail: String(thrown) }, thrown)
      if (last?.key !== key) last = { key, batch: index.read(key) }
      try {
        const read = batchReader(arrow, last.batch, form)
        const own = namesOf(index)
        const places = names.map((name) => own.indexOf(name))
        const plain = places.length === own.length && places.every((place, at) => place === at)
        return (row: number): Cell[] => {
          try {
            const cells = read(row)
            return plain ? cells : places.map((place) => cells[place] ?? null)
          } catch (thrown) {
            throw damaged(thrown)
          }
        }
      } catch (thrown) {
        throw damaged(thrown)
      }
    }
  }
}

const ROWS_AT_ONCE = 500
const typeOf = (field: Field) => field.type as Parameters<typeof duckType>[1]
