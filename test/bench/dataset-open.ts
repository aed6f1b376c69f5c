import { execa } from 'execa'
import { once } from 'node:events'
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { openSources } from '../../main/core/dataset/source'
import { dataOf, duck, pageOf, quiet } from '../support/dataset-files'

/*
 * Opening and reading, each task in a process of its own: what it took of memory is then its own. The files are made
 * in another one. `npm run bench -- dataset --scale=0.1`: a tenth of the rows and bytes.
 */

const CHILD = 'dataset-open-child'
const PAGES = 15

interface Figures {
  /** Milliseconds by what was done. */
  ms: Record<string, number>
  peakMb: number
  /** Longest time that the event loop did not turn. */
  stallMs: number
}

const rowsSql = (rows: number) =>
  `SELECT 'openai/gsm8k' AS data_source, [{'role': 'user', 'content': 'Question ' || i || ' ' || array_to_string(list_transform(range(12), lambda x: md5((i * 131 + x)::VARCHAR)), ' sold clips to ')}] AS prompt, 'math' AS ability, {'style': 'rule', 'ground_truth': (i * 31 % 9973)::VARCHAR} AS reward_model, {'split': 'train', 'index': i, 'answer': md5((i * 3)::VARCHAR) || md5((i * 5)::VARCHAR) || md5((i * 7)::VARCHAR) || '#### ' || i, 'question': md5((i * 9)::VARCHAR) || md5((i * 11)::VARCHAR)} AS extra_info FROM range(${rows}) r(i)`

async function make(folder: string, scale: number): Promise<void> {
  const rows = Math.round(1_000_000 * scale)
  const lines = Math.round(1_250_000 * scale)
  await duck(
    `COPY (${rowsSql(rows)}) TO '${join(folder, 'large groups.parquet')}' (FORMAT parquet, COMPRESSION zstd)`,
    `COPY (${rowsSql(rows)}) TO '${join(folder, 'small groups.parquet')}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 2048)`,
    `COPY (${rowsSql(lines)}) TO '${join(folder, 'lines.jsonl')}' (FORMAT json)`,
  )
  await makeArrow(join(folder, 'stream.arrow'), 300 * 2 ** 20 * scale)
}

/** Batches of 1000 rows, as the datasets library writes them: the same one again and again. */
async function makeArrow(path: string, bytes: number): Promise<void> {
  const arrow = await import('apache-arrow')
  const values = Array.from({ length: 1000 }, (_, id) => `${id} ${'How many clips did Natalia sell? '.repeat(28)}`)
  const table = new arrow.Table({
    id: arrow.vectorFromArray(
      values.map((_, id) => BigInt(id)),
      new arrow.Int64(),
    ),
    text: arrow.vectorFromArray(values, new arrow.Utf8()),
    prompt: arrow.vectorFromArray(
      values.map((_, id) => [{ role: 'user', content: `Question ${id}` }]),
      new arrow.List(
        new arrow.Field(
          'item',
          new arrow.Struct([new arrow.Field('role', new arrow.Utf8()), new arrow.Field('content', new arrow.Utf8())]),
        ),
      ),
    ),
  })
  const one = Buffer.from(arrow.tableToIPC(table, 'stream'))
  const empty = Buffer.from(arrow.tableToIPC(new arrow.Table(table.schema), 'stream'))
  const schema = one.readInt32LE(4) + 8
  const batch = one.subarray(schema, one.length - 8)
  const stream = createWriteStream(path)
  stream.write(empty.subarray(0, schema))
  for (let written = 0; written < bytes; written += batch.length) if (!stream.write(batch)) await once(stream, 'drain')
  stream.end(one.subarray(-8))
  await finished(stream)
}

/** Longest gap between two turns of the loop. */
function watchLoop(): () => number {
  let last = performance.now()
  let longest = 0
  const timer = setInterval(() => {
    const now = performance.now()
    longest = Math.max(longest, now - last - 2)
    last = now
  }, 2)
  return () => {
    clearInterval(timer)
    return longest
  }
}

/** What a child does: `task` over `file`; prints its figures. */
async function datasetChild(task: string, file: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-copies-'))
  const sources = openSources({ cache: folder })
  const data = dataOf(file)
  const ms: Record<string, number> = {}
  const timed = async <Value>(what: string, work: () => Promise<Value>): Promise<Value> => {
    const begun = performance.now()
    const value = await work()
    ms[what] = performance.now() - begun
    return value
  }
  const page = (from: number, more = {}) => sources.rows(pageOf(data, { from, ...more }), quiet())
  // The libraries are there once and for all; what is measured is the file.
  const small = join(folder, 'small.csv')
  writeFileSync(small, 'a,b\n1,2\n')
  await sources.open(dataOf(small), quiet())
  await import('apache-arrow')
  const stall = watchLoop()
  await timed('open and first 100 rows', async () => {
    await sources.open(data, quiet())
    await page(0)
  })
  if (task === 'parquet') {
    const rows = (await sources.open(data, quiet())).rows ?? 0
    const spent: number[] = []
    for (let at = 1; at <= PAGES; at += 1) {
      const begun = performance.now()
      await page(Math.floor((rows * 0.9 * ((at * 7) % PAGES)) / PAGES))
      spent.push(performance.now() - begun)
    }
    ms[`slowest of ${PAGES} pages anywhere`] = Math.max(...spent)
    await timed('search in every column', () => page(0, { search: 'question 77777' }))
    await timed('the next page of it', () => page(5, { search: 'question 77777' }))
    await timed('sorted by a text', () => page(0, { sort: { column: 'prompt', descending: true } }))
  } else if (task === 'arrow') {
    await timed('a page near the end', () => page(Math.floor(statSync(file).size / 1200)))
    await timed('prepared (a parquet copy)', () => sources.prepare(data, quiet()))
  } else await timed('prepared (a parquet copy)', () => sources.prepare(data, quiet()))
  const figures: Figures = { ms, stallMs: stall(), peakMb: process.resourceUsage().maxRSS / 1024 }
  await sources.dispose()
  rmSync(folder, { recursive: true })
  writeFileSync(process.argv[5] ?? '', JSON.stringify(figures))
}

const tasks = [
  ['1M rows, groups of 122,880', 'parquet', 'large groups.parquet'],
  ['1M rows, groups of 2048', 'parquet', 'small groups.parquet'],
  ['Arrow stream, 300 MB', 'arrow', 'stream.arrow'],
  ['JSON lines, 1 GB', 'text', 'lines.jsonl'],
] as const
const aims: Record<string, Record<string, string>> = {
  parquet: { 'open and first 100 rows': '150 ms', [`slowest of ${PAGES} pages anywhere`]: '800 ms' },
  arrow: { 'open and first 100 rows': '30 ms' },
}

export async function measureDatasetOpen({ scale }: { scale: number }): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-dataset-'))
  mkdirSync(folder, { recursive: true })
  const child = async (task: string, file: string): Promise<Figures> => {
    const out = join(folder, 'figures.json')
    await execa(process.execPath, ['dist/bench.mjs', CHILD, task, file, out])
    return JSON.parse(readFileSync(out, 'utf8')) as Figures
  }
  try {
    await execa(process.execPath, ['dist/bench.mjs', CHILD, 'make', folder, String(scale)])
    for (const [title, task, name] of tasks) {
      const file = join(folder, name)
      const { ms, peakMb, stallMs } = await child(task, file)
      console.log(`\n${title}${scale === 1 ? '' : ` x ${scale}`} (${Math.round(statSync(file).size / 2 ** 20)} MB)`)
      const print = (what: string, value: string, aim: string) => {
        console.log(`  ${what.padEnd(32)} ${value.padStart(10)}   ${aim === '' ? '' : `aim: at most ${aim}`}`)
      }
      for (const [what, value] of Object.entries(ms)) print(what, `${Math.round(value)} ms`, aims[task]?.[what] ?? '')
      print('memory of the process, most', `${Math.round(peakMb)} MB`, '500 MB')
      print('event loop held up, longest', `${Math.round(stallMs)} ms`, '50 ms')
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** True when this process is a child of the bench, and did its task. */
export async function wasDatasetChild(): Promise<boolean> {
  const [mode, task = '', file = '', last = ''] = process.argv.slice(2)
  if (mode !== CHILD) return false
  if (task === 'make') await make(file, Number(last))
  else await datasetChild(task, file)
  return true
}
