import type { DataFacts } from '#contract'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, errnoOf } from '../errors'

/** Tokens a chat template puts around a prompt. */
const TEMPLATE_TOKENS = 40
/** Bytes of text that make a token, on the short side, so that lengths come out long: English has about 4, Chinese 3 a character. */
const BYTES_PER_TOKEN = 3

/**
 * Rows and prompt lengths of a training file: verl's parquet (`prompt`, a list of messages), or parquet or JSON
 * lines with `question` or `prompt` as text. A folder stands for the train file in it.
 */
export async function readData(path: string): Promise<DataFacts> {
  const file = await trainFile(path)
  const reader = file.endsWith('.parquet') ? 'read_parquet' : 'read_json_auto'
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const connection = await instance.connect()
  try {
    const source = `${reader}('${file.replaceAll("'", "''")}')`
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`)
    const columns = new Map(described.getRows().map(([name, type]) => [String(name), String(type)]))
    const text = promptText(columns)
    if (text === null)
      throw new AppError('DATA_UNREADABLE', {
        file,
        detail: `no "prompt" or "question" among ${[...columns.keys()].join(', ')}`,
      })
    const lengths = `SELECT ceil(strlen(${text}) / ${BYTES_PER_TOKEN}) + ${TEMPLATE_TOKENS} AS tokens FROM ${source}`
    const read = await connection.runAndReadAll(
      `SELECT count(*), quantile_cont(tokens, 0.5), quantile_cont(tokens, 0.95), max(tokens) FROM (${lengths})`,
    )
    const [rows = 0, p50 = 0, p95 = 0, max = 0] = (read.getRows()[0] ?? []).map(Number)
    if (rows === 0) throw new AppError('DATA_EMPTY', { file })
    return { name: path, rows, exact: false, prompt: { p50: Math.ceil(p50), p95: Math.ceil(p95), max: Math.ceil(max) } }
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown
    const detail = thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown)
    throw new AppError('DATA_UNREADABLE', { file, detail })
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** SQL for the text of a row's prompt; null: there is no such column. */
function promptText(columns: ReadonlyMap<string, string>): string | null {
  const prompt = columns.get('prompt')
  if (prompt?.includes('content') === true)
    return `array_to_string(list_transform(prompt, message -> message.content), '')`
  if (prompt?.startsWith('VARCHAR') === true) return 'prompt'
  return columns.has('question') ? 'question' : null
}

async function trainFile(path: string): Promise<string> {
  try {
    if (!(await stat(path)).isDirectory()) return path
    const names = (await readdir(path)).filter((name) => /\.(parquet|jsonl?|ndjson)$/.test(name)).sort()
    const name = names.find((candidate) => candidate.startsWith('train')) ?? names[0]
    if (name === undefined)
      throw new AppError('DATA_UNREADABLE', { file: path, detail: 'no parquet or JSON file in it' })
    return join(path, name)
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown
    throw new AppError('DATA_UNREADABLE', { file: path, detail: errnoOf(thrown) ?? String(thrown) })
  }
}
