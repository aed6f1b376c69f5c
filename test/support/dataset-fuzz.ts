import * as arrow from 'apache-arrow'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { AppError } from '../../main/core/errors'
import { openSources } from '../../main/core/dataset/source'
import { dataOf, duck, pageOf, quiet } from './dataset-files'

/** Longer than any of these small files can take. */
const LIMIT_MS = 30_000
const ROWS = 3000

export interface FuzzReport {
  cases: number
  /** Read to the end, or refused; by the code. */
  ends: Record<string, number>
  /** What may not be: an error without a code of the data, or no end. */
  faults: string[]
  slowestMs: number
}

/** Small, seeded, the same everywhere: https://github.com/bryc/code/blob/master/jshash/PRNGs.md (mulberry32). */
function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

/** Real files of every kind that is read, some thousand rows each. */
async function originals(folder: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true })
  const at = (name: string) => join(folder, name)
  const select = `SELECT i AS id, 'text ' || i AS text, [{'role': 'user', 'content': 'q ' || i}] AS prompt, {'a': i / 3.0, 'b': '\\x00\\xFF'::BLOB} AS part, CASE WHEN i % 3 = 0 THEN NULL ELSE 'k' || i % 5 END AS kind, TIMESTAMP '2024-01-01' + INTERVAL (i) SECOND AS at FROM range(${ROWS}) r(i)`
  await duck(
    `COPY (${select}) TO '${at('zstd.parquet')}' (FORMAT parquet, COMPRESSION zstd)`,
    `COPY (${select}) TO '${at('plain.parquet')}' (FORMAT parquet, COMPRESSION uncompressed, ROW_GROUP_SIZE 2048)`,
    `COPY (${select}) TO '${at('snappy.parquet')}' (FORMAT parquet, COMPRESSION snappy)`,
    `COPY (SELECT id, text, prompt, kind FROM (${select})) TO '${at('lines.jsonl')}' (FORMAT json)`,
    `COPY (SELECT id, text, prompt, kind FROM (${select})) TO '${at('list.json')}' (FORMAT json, ARRAY true)`,
    `COPY (SELECT id, text, kind FROM (${select})) TO '${at('rows.csv')}' (FORMAT csv, HEADER true)`,
  )
  writeFileSync(at('lines.jsonl.gz'), gzipSync(readFileSync(at('lines.jsonl'))))
  const values = Array.from({ length: ROWS }, (_, id) => ({
    id,
    text: `text ${id}`,
    kind: `k${id % 5}`,
    list: [id, id + 1],
  }))
  const table = new arrow.Table({
    id: arrow.vectorFromArray(
      values.map(({ id }) => BigInt(id)),
      new arrow.Int64(),
    ),
    text: arrow.vectorFromArray(
      values.map(({ text }) => text),
      new arrow.Utf8(),
    ),
    kind: arrow.vectorFromArray(
      values.map(({ kind }) => kind),
      new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32()),
    ),
    list: arrow.vectorFromArray(
      values.map(({ list }) => list),
      new arrow.List(new arrow.Field('item', new arrow.Int32())),
    ),
  })
  writeFileSync(at('stream.arrow'), arrow.tableToIPC(table, 'stream'))
  writeFileSync(at('file.arrow'), arrow.tableToIPC(table, 'file'))
  return readdirSync(folder).sort().map(at)
}

/** One to three of: bytes changed, bits turned, a piece gone, doubled, of zeros, in another place, or the end cut off. */
function mutated(bytes: Buffer, random: (below: number) => number): Buffer {
  let out: Buffer = Buffer.from(bytes)
  for (let times = 1 + random(3); times > 0 && out.length > 0; times -= 1) {
    // The ends of a file say what the rest is.
    const near = random(3)
    const at =
      near === 0
        ? random(Math.min(out.length, 512))
        : near === 1
          ? out.length - 1 - random(Math.min(out.length, 1024))
          : random(out.length)
    const length = 1 + random(random(2) === 0 ? 8 : 2000)
    const piece = out.subarray(at, at + length)
    const rest = [out.subarray(0, at), out.subarray(at + length)] as const
    const changes: (() => Buffer)[] = [
      () => Buffer.concat([rest[0], Buffer.from(piece.map(() => random(256))), rest[1]]),
      () =>
        Buffer.concat([
          rest[0],
          Buffer.from(piece.map((byte, place) => (place === 0 ? byte ^ (1 << random(8)) : byte))),
          rest[1],
        ]),
      () => Buffer.concat([rest[0], rest[1]]),
      () => Buffer.concat([rest[0], piece, piece, rest[1]]),
      () => Buffer.concat([rest[0], Buffer.alloc(piece.length, random(2) * 255), rest[1]]),
      () => Buffer.concat([rest[0], out.subarray(random(out.length)).subarray(0, length), rest[1]]),
      () => Buffer.from(out.subarray(0, at)),
    ]
    out = changes[random(changes.length)]?.() ?? out
  }
  return out
}

/** Opens, pages, prepares and reads whole what was mutated. Every case has to end in rows or in an error with a code. */
export async function fuzzReaders(options: {
  cases: number
  seed: number
  folder: string
  /** Where it begins: a case that was found is run again alone. */
  from?: number
  each?: (number: number) => void
}): Promise<FuzzReport> {
  const { cases, seed, folder, from = 0, each } = options
  const files = await originals(join(folder, 'originals'))
  const report: FuzzReport = { cases, ends: {}, faults: [], slowestMs: 0 }
  const cache = join(folder, 'copies')
  const work = join(folder, 'mutated')
  for (const path of [cache, work]) mkdirSync(path, { recursive: true })
  const sources = openSources({ cache })
  try {
    for (let number = from; number < from + cases; number += 1) {
      each?.(number)
      const random = seeded(seed + number)
      const original = files[number % files.length] ?? ''
      const name = `${number} ${original.split('/').at(-1) ?? ''}`
      const path = join(work, name)
      writeFileSync(path, mutated(readFileSync(original), random))
      const begun = performance.now()
      const end = await one(sources, path, random(2) === 0 ? 'stop' : 'setAside')
      report.slowestMs = Math.max(report.slowestMs, performance.now() - begun)
      report.ends[end.code] = (report.ends[end.code] ?? 0) + 1
      if (end.fault !== null) report.faults.push(`${name} (seed ${seed}): ${end.fault}`)
      rmSync(path)
      for (const entry of readdirSync(cache))
        if (!entry.endsWith('.tmp')) rmSync(join(cache, entry), { recursive: true })
    }
  } finally {
    await sources.dispose()
  }
  return report
}

async function one(sources: ReturnType<typeof openSources>, path: string, badLines: 'stop' | 'setAside') {
  const context = quiet(AbortSignal.timeout(LIMIT_MS))
  const data = dataOf(path, { badLines })
  try {
    await sources.open(data, context)
    await sources.rows(pageOf(data, { from: 5, count: 10 }), context)
    for await (const batch of sources.batches(data, context))
      if (batch.rows.length === 0) throw new Error('an empty batch')
    await sources.prepare(data, context)
    await sources.rows(pageOf(data, { search: 'q 7' }), context)
    return { code: 'rows', fault: null }
  } catch (thrown) {
    const code = thrown instanceof AppError ? thrown.data.code : 'no code'
    const fine = code.startsWith('DATA_')
    return { code, fault: fine ? null : String(thrown instanceof Error ? (thrown.stack ?? thrown) : thrown) }
  }
}
