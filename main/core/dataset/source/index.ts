import type { Cell, DataRef, DataRow, DataRows, RowsRequest } from '#contract'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../errors'
import type { Batch, Row, Sources, Table, WorkContext } from '../types'
import { cutCell, kindOf, LONGEST_TEXT } from './cells'
import { convertArrow, convertText } from './convert'
import { createCopies } from './copies'
import { createDuck, dataError } from './duck'
import { dataColumns, openedData, openFiles, withCopy, type Opened } from './opened'
import { INDEX, pageSql, pickSql, relationOf, totalOf, type Parts } from './parquet'
import { conditions, orderSql } from './select'
import { shared } from './shared'
import { unchanged } from './sniff'
import { named } from './sql'

/** Of text that was not prepared; below as many as its types were guessed from. */
const FIRST_ROWS = 2000
/** Datasets of which everything stays known; and chosen rows of each. */
const KEPT = 16
const KEPT_CHOICES = 3
/** Rows of one batch. */
const BATCH = 500

type Ready = Opened & { parts: Parts }

/**
 * Reads datasets. `cache`: an existing folder of our own, for parquet copies of what is no parquet. Nothing of the
 * user's files is changed.
 */
export function openSources({ cache }: { cache: string }): Sources {
  const temporary = join(cache, `duckdb-${process.pid}.tmp`)
  const duck = createDuck(temporary)
  const copies = createCopies(cache)
  /** By what was asked for; the last used one is last. */
  const known = new Map<string, { opened: Opened; choices: Map<string, Uint32Array> }>()
  const preparing = shared<Ready>()

  const keyOf = ({ paths, config, split, badLines }: DataRef) => JSON.stringify([paths, config, split, badLines])

  function keep(data: DataRef, opened: Opened): void {
    const key = keyOf(data)
    const choices = known.get(key)?.choices ?? new Map<string, Uint32Array>()
    known.delete(key)
    known.set(key, { opened, choices })
    for (const [oldest] of known) if (known.size > KEPT) known.delete(oldest)
  }

  async function reopen(data: DataRef, signal: AbortSignal): Promise<Opened> {
    await mkdir(cache, { recursive: true })
    known.delete(keyOf(data))
    const opened = await openFiles(duck, copies, data, signal)
    keep(data, opened)
    return opened
  }

  /** As it was opened. Errors: DATA_CHANGED when its files are not what they were then. */
  async function current(data: DataRef, signal: AbortSignal): Promise<Opened> {
    const entry = known.get(keyOf(data))
    if (entry === undefined) return reopen(data, signal)
    await unchanged(entry.opened.files)
    keep(data, entry.opened)
    return entry.opened
  }

  async function ready(data: DataRef, context: WorkContext): Promise<Ready> {
    const opened = await current(data, context.signal)
    if (opened.parts !== null) return { ...opened, parts: opened.parts }
    return preparing(keyOf(data), context, (work) => convert(opened, work))
  }

  async function convert(opened: Opened, context: WorkContext): Promise<Ready> {
    const { files, data } = opened
    const copy =
      (await copies.find(opened.key)) ??
      (await copies.make(opened.key, async (folder, later) => {
        const copier = createDuck(temporary, 1)
        const converted = await (
          opened.arrow === null
            ? convertText(copier, files, data.badLines, folder, later, context)
            : convertArrow(copier, opened.arrow, files, folder, context)
        ).finally(() => copier.dispose())
        // What was read half before and half after a change is neither.
        await unchanged(files)
        return converted
      }))
    const made = await withCopy(duck, opened, copy.paths, copy.findings, context.signal)
    if (made.parts === null) throw new AppError('INTERNAL', { detail: `no copy of ${files[0]?.path ?? ''}` })
    keep(data, made)
    return { ...made, parts: made.parts }
  }

  /** Any error of reading, with the file. */
  async function readingOf<Value>(opened: Opened, work: () => Promise<Value>): Promise<Value> {
    try {
      return await work()
    } catch (thrown) {
      await unchanged(opened.files)
      throw dataError(thrown, opened.chosen.paths)
    }
  }

  const cut = (index: number, cells: Cell[]): DataRow => {
    const shown = cells.map(cutCell)
    return { index, cells: shown.map(([cell]) => cell), cut: shown.some(([, shorter]) => shorter) }
  }

  /** A page of parquet. Long texts are left behind in DuckDB: a cell can have megabytes. */
  async function partRows(opened: Ready, sql: string, whole: boolean, signal: AbortSignal) {
    const columns = opened.parts.columns.map(({ name, type }) =>
      !whole && kindOf(type) === 'text' && String(type) === 'VARCHAR'
        ? `left(${named(name)}, ${LONGEST_TEXT + 1})`
        : named(name),
    )
    const { rows } = await readingOf(opened, () =>
      duck.rows(`SELECT ${[...columns, INDEX].join(', ')} FROM (${sql})`, signal),
    )
    return rows
      .map((cells) => ({ index: Number(cells.at(-1)), cells: cells.slice(0, -1) }))
      .sort((a, b) => a.index - b.index)
  }

  /** The indexes of the rows that a request chooses, in its order. They are kept: the next page is of them. */
  async function chosenRows(opened: Ready, request: RowsRequest, signal: AbortSignal): Promise<Uint32Array> {
    const choices = known.get(keyOf(request.data))?.choices
    const key = JSON.stringify([request.search, request.filters, request.sort])
    const before = choices?.get(key)
    if (before !== undefined) return before
    const { columns } = opened.parts
    const where = conditions(columns, request)
    const sql = `SELECT ${INDEX}::UINTEGER FROM ${relationOf(opened.parts)}${where}${orderSql(columns, request, INDEX)}`
    const found = await readingOf(opened, () => duck.numbers(sql, signal))
    choices?.set(key, found)
    for (const oldest of choices?.keys() ?? []) if ((choices?.size ?? 0) > KEPT_CHOICES) choices?.delete(oldest)
    return found
  }

  async function firstRows(opened: Opened, from: number, count: number, signal: AbortSignal): Promise<Cell[][] | null> {
    if (opened.text === null || from + count > FIRST_ROWS) return null
    const sql = `SELECT * FROM (${opened.text}) LIMIT ${count} OFFSET ${from}`
    // What is wrong there is said by those who read everything.
    return duck.rows(sql, signal).then(
      ({ rows }) => rows,
      (thrown: unknown) => {
        if (signal.aborted) throw thrown
        return null
      },
    )
  }

  async function plainRows(request: RowsRequest, context: WorkContext): Promise<DataRows> {
    const { data, from, count } = request
    const opened = await current(data, context.signal)
    if (opened.parts === null && opened.arrow !== null) {
      const { rows, total } = await opened.arrow.page(from, count, context.signal)
      return { rows: rows.map((cells, at) => cut(from + at, cells)), total }
    }
    if (opened.parts === null) {
      const rows = await firstRows(opened, from, count, context.signal)
      if (rows !== null) return { rows: rows.map((cells, at) => cut(from + at, cells)), total: null }
    }
    const prepared = await ready(data, context)
    const rows = await partRows(prepared, pageSql(prepared.parts, from, count), false, context.signal)
    return { rows: rows.map(({ index, cells }) => cut(index, cells)), total: totalOf(prepared.parts) }
  }

  const asRow = (names: readonly string[], cells: readonly Cell[]): Row =>
    Object.fromEntries(names.map((name, at) => [name, cells[at] ?? null]))

  async function* arrowBatches(opened: Opened, from: number, context: WorkContext): AsyncGenerator<Batch> {
    const names = opened.columns.map(({ name }) => name)
    let index = from
    for await (const rows of opened.arrow?.rows('cell', from, context) ?? []) {
      yield { from: index, rows: rows.map((cells) => asRow(names, cells)) }
      index += rows.length
    }
  }

  async function* partBatches({ parts, chosen }: Ready, from: number, context: WorkContext): AsyncGenerator<Batch> {
    const { columns, counts } = parts
    const names = columns.map(({ name }) => name)
    let start = 0
    try {
      for (const count of counts) {
        const first = Math.max(0, from - start)
        let index = start + first
        start += count
        if (first >= count) continue
        const sql = `SELECT ${names.map(named).join(', ')} FROM (${pageSql(parts, index, start - index)})`
        for await (const rows of duck.stream(sql, columns, context.signal))
          for (let at = 0; at < rows.length; at += BATCH) {
            const some = rows.slice(at, at + BATCH)
            yield { from: index, rows: some.map((cells) => asRow(names, cells)) }
            index += some.length
          }
      }
    } catch (thrown) {
      throw dataError(thrown, chosen.paths)
    }
  }

  return {
    open: async (data, { signal }) => openedData(await reopen(data, signal)),
    prepare: async (data, context) => openedData(await ready(data, context)),

    async rows(request, context) {
      const { data, from, count, search, filters, sort } = request
      if (search === '' && filters.length === 0 && sort === null) return plainRows(request, context)
      const opened = await ready(data, context)
      const all = await chosenRows(opened, request, context.signal)
      const indexes = [...all.subarray(from, from + count)]
      const rows = await partRows(opened, pickSql(opened.parts, indexes), false, context.signal)
      const byIndex = new Map(rows.map((row) => [row.index, row.cells]))
      return {
        rows: indexes.flatMap((index) => {
          const cells = byIndex.get(index)
          return cells === undefined ? [] : [cut(index, cells)]
        }),
        total: all.length,
      }
    },

    async row(data, index, context) {
      const { signal } = context
      const opened = await current(data, signal)
      const missing = () => new AppError('NOT_FOUND', { what: 'row', id: String(index) })
      if (opened.parts === null && opened.arrow !== null) {
        const { rows } = await opened.arrow.page(index, 1, signal)
        if (rows[0] === undefined) throw missing()
        return rows[0]
      }
      const first = opened.parts === null ? await firstRows(opened, index, 1, signal) : null
      if (first?.[0] !== undefined) return first[0]
      const prepared = await ready(data, context)
      const rows = await partRows(prepared, pickSql(prepared.parts, [index]), true, signal)
      if (rows[0] === undefined) throw missing()
      return rows[0].cells
    },

    async table(data, context): Promise<Table> {
      const opened = await ready(data, context)
      return {
        opened: openedData(opened),
        columns: dataColumns(opened.parts.columns),
        rows: totalOf(opened.parts),
        relation: relationOf(opened.parts),
        async query(sql, signal) {
          const { columns, rows } = await readingOf(opened, () => duck.rows(sql, signal).catch(mistaken))
          const names = columns.map(({ name }) => name)
          return rows.map((cells) => asRow(names, cells))
        },
      }
    },

    async *batches(data, context, from = 0) {
      const opened = await current(data, context.signal)
      const all =
        opened.parts === null && opened.arrow !== null
          ? arrowBatches(opened, from, context)
          : partBatches(await ready(data, context), from, context)
      for await (const batch of all) {
        if (context.signal.aborted) throw new AppError('CANCELLED')
        yield batch
      }
    },

    async dispose() {
      known.clear()
      await duck.dispose()
      await rm(temporary, { recursive: true, force: true })
    },
  }
}

/** A statement that cannot be understood says nothing of the files. */
function mistaken(thrown: unknown): never {
  if (thrown instanceof Error && /^(Binder|Parser|Catalog|Not implemented) Error/.test(thrown.message))
    throw new AppError('INTERNAL', { detail: thrown.message }, thrown)
  throw thrown
}
