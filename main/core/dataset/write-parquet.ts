import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import { AppError } from '../errors'
import { verlColumns, type VerlRow } from './gsm8k'

/** Small groups make a random page cheap to read back (measured: a third of the time, a quarter more bytes). */
const ROW_GROUP = 2048

/**
 * Writes `rows` as parquet that verl reads: through JSON lines, because DuckDB then takes the types from
 * us and not from a guess. The file is read back and counted before it gets its name.
 */
export async function writeParquet(rows: readonly VerlRow[], target: string): Promise<void> {
  const lines = `${target}.ndjson`
  const part = `${target}.part`
  await writeLines(rows, lines)
  // Loaded here, not at the top: the library takes 90 MB, and an idle core has no use for it.
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const connection = await instance.connect()
  try {
    const columns = Object.entries(verlColumns).map(([name, type]) => `${name}: ${quoted(type)}`)
    const source = `read_json(${quoted(lines)}, format = 'newline_delimited', columns = {${columns.join(', ')}})`
    await connection.run(
      `COPY (SELECT * FROM ${source}) TO ${quoted(part)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP})`,
    )
    const read = await connection.runAndReadAll(
      `SELECT count(*) FROM read_parquet(${quoted(part)}) WHERE len(prompt[1].content) > 0 AND reward_model.ground_truth IS NOT NULL`,
    )
    const count = Number(read.getRows()[0]?.[0])
    if (count !== rows.length)
      throw new AppError('INTERNAL', { detail: `${target}: wrote ${rows.length} rows, read back ${count}` })
  } finally {
    connection.closeSync()
    instance.closeSync()
    await rm(lines, { force: true })
  }
  await rename(part, target)
}

async function writeLines(rows: readonly VerlRow[], file: string): Promise<void> {
  const stream = createWriteStream(file)
  for (const row of rows) stream.write(JSON.stringify(row) + '\n')
  stream.end()
  await finished(stream)
}

/** A text literal of SQL; file names are the user's, and may hold quotes. */
const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`
