import { DuckDBInstance } from '@duckdb/node-api'
import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DataRef, RowsRequest } from '../../main/contract'
import { openSources } from '../../main/core/dataset/source'
import type { Row, Sources, WorkContext } from '../../main/core/dataset/types'

/** A folder with a space and 汉字 in its name, and sources whose copies lie in it. */
export function datasetRoom(name: string): { folder: string; cache: string; sources: Sources } {
  const folder = mkdtempSync(join(tmpdir(), `数据 ${name} `))
  const cache = join(folder, 'our copies')
  mkdirSync(cache)
  return { folder, cache, sources: openSources({ cache }) }
}

export const quiet = (signal: AbortSignal = new AbortController().signal): WorkContext => ({
  signal,
  progress: () => undefined,
})

export const dataOf = (path: string | string[], more: Partial<DataRef> = {}): DataRef => ({
  paths: Array.isArray(path) ? path : [path],
  config: null,
  split: null,
  badLines: 'stop',
  ...more,
})

export const pageOf = (data: DataRef, more: Partial<RowsRequest> = {}): RowsRequest => ({
  data,
  from: 0,
  count: 100,
  search: '',
  filters: [],
  sort: null,
  ...more,
})

export async function allRows(sources: Sources, data: DataRef, from?: number): Promise<Row[]> {
  const rows: Row[] = []
  for await (const batch of sources.batches(data, quiet(), from)) rows.push(...batch.rows)
  return rows
}

/** Statements of DuckDB itself, one after the other. */
export async function duck(...statements: string[]): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const connection = await instance.connect()
  try {
    for (const statement of statements) await connection.run(statement)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
