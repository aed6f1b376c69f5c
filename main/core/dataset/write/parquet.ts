import { rename, rm } from 'node:fs/promises'
import { AppError } from '../../errors'

/** Small groups make a random page cheap to read back (measured: a third of the time, a quarter more bytes). */
const ROW_GROUP = 2048
/** DuckDB's own limit of a line. */
const LINE_BYTES = 16 * 1024 * 1024

/** A text literal of SQL; file names are the user's, and may hold quotes. */
const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`

/**
 * Turns a file of JSON lines into parquet with exactly these DuckDB types by column: the types come from us, never
 * from a guess (verl concatenates files, and an index as DOUBLE or a LargeList would stop it). The lines are deleted,
 * and `target` gets its name when it is whole. `rows`: how many there must be; `longest`: bytes of the longest line.
 */
export async function linesToParquet(
  lines: string,
  target: string,
  types: Record<string, string>,
  { rows, longest }: { rows: number; longest: number },
  signal: AbortSignal,
): Promise<void> {
  const part = `${target}.part`
  // Loaded here, not at the top: the library takes 90 MB, and an idle core has no use for it.
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    memory_limit: '512MB',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const connection = await instance.connect()
  const interrupt = () => connection.interrupt()
  signal.addEventListener('abort', interrupt)
  try {
    signal.throwIfAborted()
    const columns = Object.entries(types).map(([name, type]) => `${quoted(name)}: ${quoted(type)}`)
    // DuckDB makes room for two of the longest line it may meet, before it has read any.
    const form = `format = 'newline_delimited', maximum_object_size = ${Math.max(longest + 2, LINE_BYTES)}`
    const source = `read_json(${quoted(lines)}, ${form}, columns = {${columns.join(', ')}})`
    await connection.run(
      `COPY (SELECT * FROM ${source}) TO ${quoted(part)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP})`,
    )
    const read = await connection.runAndReadAll(`SELECT count(*) FROM read_parquet(${quoted(part)})`)
    const count = Number(read.getRows()[0]?.[0])
    if (count !== rows)
      throw new AppError('DATA_NOT_AS_WRITTEN', { file: target, detail: `${count} rows instead of ${rows}` })
    await rename(part, target)
  } catch (thrown) {
    signal.throwIfAborted()
    throw thrown
  } finally {
    signal.removeEventListener('abort', interrupt)
    connection.closeSync()
    instance.closeSync()
    await Promise.all([lines, part].map((file) => rm(file, { force: true })))
  }
}
