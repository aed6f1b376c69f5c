import type { DuckDBConnection, DuckDBInstance, DuckDBResult } from '@duckdb/node-api'
import { mkdir } from 'node:fs/promises'
import type { Cell } from '#contract'
import { AppError } from '../../errors'
import { parseRow, rowSql, type ResultColumn } from './cells'

/**
 * DuckDB, as every part here uses it. Each statement has a connection of its own, so that an abort ends that one
 * alone: CANCELLED. Other errors are DuckDB's own; `dataError` names them.
 */
export interface Duck {
  /** Columns of what `sql` selects. */
  columns(sql: string, signal: AbortSignal): Promise<ResultColumn[]>
  /** All rows of what `sql` selects, as cells. */
  rows(sql: string, signal: AbortSignal): Promise<{ columns: ResultColumn[]; rows: Cell[][] }>
  /** The same, some at a time: memory stays the same however many there are. */
  stream(sql: string, columns: readonly ResultColumn[], signal: AbortSignal): AsyncIterable<Cell[][]>
  /** The first column, of numbers below 2^32. */
  numbers(sql: string, signal: AbortSignal): Promise<Uint32Array>
  /** A statement whose rows nobody wants. */
  run(sql: string, signal: AbortSignal, progress?: (share: number) => void): Promise<void>
  dispose(): Promise<void>
}

/** The core stays below 500 MB with it (npm run bench -- dataset); what needs more is asked once more with more. */
const MEMORY = '220MB'
const MEMORY_AT_NEED = '2GB'
/** An interrupt that comes before the statement runs is lost. */
const AGAIN_MS = 50

/** `threads`: one, for copies. Two hold twice as much while they keep the order (300 MB of JSON: 330 MB against 180). */
export function createDuck(temporary: string, threads = 2): Duck {
  let opening: Promise<DuckDBInstance> | null = null

  async function start(): Promise<DuckDBInstance> {
    await mkdir(temporary, { recursive: true })
    // Loaded here, not at the top: the library takes 90 MB.
    const { DuckDBInstance } = await import('@duckdb/node-api')
    return DuckDBInstance.create(':memory:', {
      threads: String(threads),
      memory_limit: MEMORY,
      temp_directory: temporary,
      preserve_insertion_order: 'true',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    })
  }

  async function once<Value>(signal: AbortSignal, work: (connection: DuckDBConnection) => Promise<Value>) {
    if (signal.aborted) throw new AppError('CANCELLED')
    const instance = await (opening ??= start())
    const connection = await instance.connect()
    let again: NodeJS.Timeout | undefined
    const stop = () => {
      connection.interrupt()
      again = setInterval(() => {
        connection.interrupt()
      }, AGAIN_MS)
    }
    signal.addEventListener('abort', stop, { once: true })
    try {
      return await work(connection)
    } catch (thrown) {
      if (signal.aborted) throw new AppError('CANCELLED', {}, thrown)
      if (broken(thrown)) opening = null
      throw thrown
    } finally {
      signal.removeEventListener('abort', stop)
      clearInterval(again)
      connection.closeSync()
    }
  }

  /** Right with much memory is better than not at all: a row group of a file can be larger than what is usual. */
  async function within<Value>(signal: AbortSignal, work: (connection: DuckDBConnection) => Promise<Value>) {
    try {
      return await once(signal, work)
    } catch (thrown) {
      if (!isOutOfMemory(thrown)) throw thrown
      return once(signal, async (connection) => {
        await connection.run(`SET memory_limit = '${MEMORY_AT_NEED}'`)
        try {
          return await work(connection)
        } finally {
          await connection.run(`SET memory_limit = '${MEMORY}'`).catch(() => undefined)
        }
      })
    }
  }

  const columnsOf = async (connection: DuckDBConnection, sql: string): Promise<ResultColumn[]> => {
    const prepared = await connection.prepare(sql)
    try {
      return Array.from({ length: prepared.columnCount }, (_, at) => ({
        name: prepared.columnName(at),
        type: prepared.columnType(at),
      }))
    } finally {
      prepared.destroySync()
    }
  }

  return {
    columns: (sql, signal) => within(signal, (connection) => columnsOf(connection, sql)),
    rows: (sql, signal) =>
      within(signal, async (connection) => {
        const columns = await columnsOf(connection, sql)
        const rows: Cell[][] = []
        for await (const some of chunks(await connection.stream(asJson(sql, columns)), signal)) rows.push(...some)
        return { columns, rows }
      }),
    async *stream(sql, columns, signal) {
      if (signal.aborted) throw new AppError('CANCELLED')
      const instance = await (opening ??= start())
      const connection = await instance.connect()
      const stop = () => {
        connection.interrupt()
      }
      signal.addEventListener('abort', stop, { once: true })
      try {
        yield* chunks(await connection.stream(asJson(sql, columns)), signal)
      } catch (thrown) {
        if (signal.aborted) throw new AppError('CANCELLED', {}, thrown)
        if (broken(thrown)) opening = null
        throw thrown
      } finally {
        signal.removeEventListener('abort', stop)
        connection.closeSync()
      }
    },
    numbers: (sql, signal) =>
      within(signal, async (connection) => {
        const pieces: Uint32Array[] = []
        const result = await connection.stream(sql)
        for (let chunk = await result.fetchChunk(); chunk !== null; chunk = await result.fetchChunk()) {
          signal.throwIfAborted()
          if (chunk.rowCount === 0) break
          pieces.push(Uint32Array.from(chunk.getColumnValues(0), Number))
        }
        const all = new Uint32Array(pieces.reduce((sum, { length }) => sum + length, 0))
        let at = 0
        for (const piece of pieces) {
          all.set(piece, at)
          at += piece.length
        }
        return all
      }),
    run: (sql, signal, progress) =>
      within(signal, async (connection) => {
        if (progress === undefined) {
          await connection.run(sql)
          return
        }
        // DuckDB counts only when it thinks that it shows it.
        await connection.run('SET enable_progress_bar = true; SET enable_progress_bar_print = false')
        const timer = setInterval(() => {
          const { percentage } = connection.progress
          if (percentage >= 0) progress(percentage / 100)
        }, 200)
        try {
          await connection.run(sql)
        } finally {
          clearInterval(timer)
        }
      }),
    async dispose() {
      const instance = await opening?.catch(() => null)
      opening = null
      instance?.closeSync()
    },
  }
}

/** Columns are renamed on the way: two of them may have one name. */
function asJson(sql: string, columns: readonly ResultColumn[]): string {
  const names = columns.map((_, at) => `c${at}`)
  return `SELECT ${rowSql(columns, (at) => `t.c${at}`)} FROM (${sql}) AS t(${names.join(', ')})`
}

async function* chunks(result: DuckDBResult, signal: AbortSignal): AsyncGenerator<Cell[][]> {
  for (let chunk = await result.fetchChunk(); chunk !== null; chunk = await result.fetchChunk()) {
    if (signal.aborted) throw new AppError('CANCELLED')
    if (chunk.rowCount === 0) return
    yield chunk.getColumnValues(0).map((text) => parseRow(String(text)))
  }
}

const messageOf = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown))
const isOutOfMemory = (thrown: unknown) => messageOf(thrown).startsWith('Out of Memory Error')
/** After these the instance answers nothing any more. */
const broken = (thrown: unknown) => /^(INTERNAL|FATAL) Error|has been invalidated/.test(messageOf(thrown))

/**
 * DuckDB's error as one of ours, with the file that it is about: of those given the one that its text names, else
 * the first. What is an AppError stays one.
 */
export function dataError(thrown: unknown, files: readonly string[]): AppError {
  if (thrown instanceof AppError) return thrown
  if (thrown instanceof Error && thrown.name === 'AbortError') return new AppError('CANCELLED', {}, thrown)
  const message = messageOf(thrown)
  const file = files.find((path) => message.includes(path)) ?? files[0] ?? '?'
  const detail = (message.split('\n')[0] ?? '').replace(/^[\w ]+ Error: /, '')
  if (/No space left|failed to offload|max_temp_directory_size/.test(message))
    return new AppError('DISK_FULL', { path: file, neededBytes: 0, freeBytes: 0 }, thrown)
  if (/No files found|No such file/.test(message)) return new AppError('DATA_NOT_FOUND', { path: file }, thrown)
  if (/Permission denied|Cannot open file/.test(message))
    return new AppError('DATA_UNREADABLE', { file, detail }, thrown)
  return new AppError('DATA_DAMAGED', { file, detail }, thrown)
}
