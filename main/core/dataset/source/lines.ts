import { Decompress } from 'fzstd'
import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { AppError, errnoOf } from '../../errors'
import type { Sniffed } from './sniff'
import { unreadable } from './sniff'
import { withoutOddNumbers } from './cells'

/*
 * Text files line by line, in constant memory. DuckDB reads them faster and stops at a fault; this names the line
 * that it is in, and keeps what is right. Only a file that DuckDB refuses comes here.
 */

/** DuckDB's own limit for one object; also what one line may take of memory here. */
export const LONGEST_LINE = 16 * 1024 * 1024

export interface Line {
  /** From 1; of a CSV record that has several lines, the first. */
  line: number
  /** As it stands in the file, without the end of the line. */
  raw: Buffer
  /** What can be read of it, or why it cannot. */
  read: { text: string } | { code: 'DATA_BAD_LINE'; detail: string } | { code: 'DATA_NOT_UTF8' }
}

/** The bytes of a file, unpacked. */
export async function* bytesOf(file: Sniffed, signal: AbortSignal): AsyncGenerator<Buffer> {
  const damaged = (thrown: unknown) => {
    const errno = errnoOf(thrown)
    if (signal.aborted) return new AppError('CANCELLED', {}, thrown)
    if (thrown instanceof AppError || (errno !== undefined && !errno.startsWith('Z_')))
      return unreadable(thrown, file.path)
    const detail = thrown instanceof Error ? thrown.message : String(thrown)
    return new AppError('DATA_DAMAGED', { file: file.path, detail: `${file.compression}: ${detail}` }, thrown)
  }
  const stream = createReadStream(file.path, { highWaterMark: 1024 * 1024, signal })
  try {
    if (file.compression === 'zstd') yield* unzstd(stream)
    else if (file.compression === 'gzip') {
      const unzip = createGunzip()
      stream.on('error', (error) => unzip.destroy(error))
      yield* stream.pipe(unzip) as AsyncIterable<Buffer>
    } else yield* stream as AsyncIterable<Buffer>
  } catch (thrown) {
    throw damaged(thrown)
  } finally {
    stream.destroy()
  }
}

async function* unzstd(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let out: Buffer[] = []
  const unpack = new Decompress((piece) => {
    out.push(Buffer.from(piece))
  })
  for await (const piece of stream) {
    // In small steps: a megabyte of zstd can hold a gigabyte.
    for (let at = 0; at < piece.length; at += 16 * 1024) {
      unpack.push(piece.subarray(at, at + 16 * 1024))
      yield* out
      out = []
    }
  }
  unpack.push(new Uint8Array(0), true)
  yield* out
}

/** Lines without their ends; a line that is too long comes as its beginning. */
async function* splitLines(
  file: Sniffed,
  signal: AbortSignal,
): AsyncGenerator<{ line: number; raw: Buffer; long: boolean }> {
  let pending: Buffer[] = []
  let length = 0
  let line = 1
  let first = true
  const take = () => {
    let raw = pending.length === 1 ? (pending[0] ?? Buffer.alloc(0)) : Buffer.concat(pending)
    if (first && raw.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]))) raw = raw.subarray(3)
    if (raw.at(-1) === 0x0d) raw = raw.subarray(0, -1)
    const taken = { line, raw, long: length > LONGEST_LINE }
    first = false
    line += 1
    pending = []
    length = 0
    return taken
  }
  const keep = (piece: Buffer) => {
    if (piece.length > 0 && length <= LONGEST_LINE) pending.push(piece)
    length += piece.length
  }
  for await (const chunk of bytesOf(file, signal)) {
    let at = 0
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, at)) {
      keep(chunk.subarray(at, end))
      yield take()
      at = end + 1
    }
    // A copy, since what is left of a chunk would hold all of it.
    keep(Buffer.from(chunk.subarray(at)))
  }
  if (length > 0) yield take()
}

const bad = (detail: string) => ({ code: 'DATA_BAD_LINE', detail }) as const
const TOO_LONG = bad('longer than 16 MB')

/** JSON lines. Empty ones are passed over. Errors: DATA_DAMAGED (of what it is packed in), DATA_UNREADABLE, CANCELLED. */
export async function* jsonLines(file: Sniffed, signal: AbortSignal): AsyncGenerator<Line> {
  for await (const { line, raw, long } of splitLines(file, signal)) {
    if (long) yield { line, raw, read: TOO_LONG }
    else if (!isUtf8(raw)) yield { line, raw, read: { code: 'DATA_NOT_UTF8' } }
    else {
      const text = raw.toString('utf8')
      if (text.trim() !== '') yield { line, raw, read: jsonObject(text) }
    }
  }
}

/** A line as DuckDB can read it: one object whose keys are all different, in whole characters. */
export function jsonObject(text: string): Line['read'] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (thrown) {
    // Python writes NaN and Infinity into JSON, and DuckDB reads them.
    try {
      value = JSON.parse(withoutOddNumbers(text))
    } catch {
      return bad(thrown instanceof Error ? thrown.message : 'no JSON')
    }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return bad('no JSON object')
  const twice = doubleKey(text, value)
  if (twice !== null) return bad(`the key "${twice}" is there twice`)
  if (/\\u[dD][89a-fA-F]/.test(text) && /\\ud[89a-f]/.test(JSON.stringify(value)))
    return bad('half of a surrogate pair')
  return { text }
}

/** JSON.parse keeps the last of two keys of one name in silence. null: all keys are there. */
function doubleKey(text: string, value: object): string | null {
  const read = text.match(/"[^"\\]*(?:\\.[^"\\]*)*"\s*:/g)?.length ?? 0
  let keys = 0
  let deep: unknown[] = [value]
  while (deep.length > 0) {
    const next: unknown[] = []
    for (const one of deep) {
      if (!Array.isArray(one)) keys += Object.keys(one as object).length
      for (const inner of Object.values(one as object))
        if (typeof inner === 'object' && inner !== null) next.push(inner)
    }
    deep = next
  }
  if (read <= keys) return null
  const seen = new Set<string>()
  const names = Array.from(text.matchAll(/"([^"\\]*(?:\\.[^"\\]*)*)"\s*:/g), (match) => match[1] ?? '')
  return names.find((name) => seen.has(name) || !seen.add(name)) ?? ''
}

export interface Dialect {
  delimiter: string
  header: boolean
  names: string[]
}

/**
 * CSV records, each as one that no reader can misunderstand: every field that holds something special in quotes.
 * A quote that is never closed spoils its own line only.
 */
export async function* csvRecords(file: Sniffed, dialect: Dialect, signal: AbortSignal): AsyncGenerator<Line> {
  let open: { line: number; lines: Buffer[]; bytes: number } | null = null
  let header = dialect.header
  const judge = (line: number, raw: Buffer): Line | null => {
    if (!isUtf8(raw)) return { line, raw, read: { code: 'DATA_NOT_UTF8' } }
    const text = raw.toString('utf8')
    const fields = csvFields(text, dialect.delimiter)
    if (fields === 'open') return null
    if (typeof fields === 'string') return { line, raw, read: bad(fields) }
    if (fields.length !== dialect.names.length)
      return { line, raw, read: bad(`${fields.length} columns where ${dialect.names.length} are expected`) }
    return { line, raw, read: { text: fields.map(csvField).join(',') } }
  }
  const give = function* (line: number, raw: Buffer): Generator<Line> {
    const judged = judge(line, raw)
    if (judged === null) yield { line, raw, read: bad('a quote is opened and never closed') }
    else if (header && 'text' in judged.read) header = false
    else if (raw.length > 0 || dialect.names.length === 1) yield judged
  }
  for await (const { line, raw, long } of splitLines(file, signal)) {
    if (long) {
      yield { line, raw, read: TOO_LONG }
      continue
    }
    if (open === null) {
      if (raw.includes(0x22) && isUtf8(raw) && csvFields(raw.toString('utf8'), dialect.delimiter) === 'open')
        open = { line, lines: [raw], bytes: raw.length }
      else yield* give(line, raw)
      continue
    }
    open.lines.push(raw)
    open.bytes += raw.length + 1
    // Nothing can close it but a quote; and what is looked through again and again has to stay small.
    const closes: boolean = raw.includes(0x22) && judge(open.line, join(open.lines)) !== null
    if (!closes && open.bytes <= LONGEST_RECORD) continue
    const pending: { line: number; lines: Buffer[] } = open
    open = null
    if (closes) yield* give(pending.line, join(pending.lines))
    else yield* again(pending, give)
  }
  if (open !== null) yield* again(open, give)
}

/** A record of more lines than this is rather a quote that was forgotten. */
const LONGEST_RECORD = 1024 * 1024
const join = (lines: Buffer[]) =>
  Buffer.concat(lines.flatMap((line, at) => (at === 0 ? [line] : [Buffer.from('\n'), line])))

/** The first line is bad; those behind it are looked at alone. */
function* again(
  { line, lines }: { line: number; lines: Buffer[] },
  give: (line: number, raw: Buffer) => Generator<Line>,
): Generator<Line> {
  for (const [at, raw] of lines.entries()) yield* give(line + at, raw)
}

/** The fields of one record; null: an empty one. "open": a quote is not closed. Any other text: what is wrong. */
export function csvFields(text: string, delimiter: string): (string | null)[] | string {
  const fields: (string | null)[] = []
  let at = 0
  for (;;) {
    if (text[at] === '"') {
      let value = ''
      let from = at + 1
      for (;;) {
        const close = text.indexOf('"', from)
        if (close === -1) return 'open'
        value += text.slice(from, close)
        at = close + 1
        if (text[at] !== '"') break
        value += '"'
        from = at + 1
      }
      if (at < text.length && text[at] !== delimiter) return 'text behind a closing quote'
      fields.push(value)
    } else {
      const end = text.indexOf(delimiter, at)
      const value = text.slice(at, end === -1 ? text.length : end)
      fields.push(value === '' ? null : value)
      at = end === -1 ? text.length : end
    }
    if (at >= text.length) return fields
    at += 1
  }
}

export const csvField = (value: string | null): string =>
  value === null ? '' : /[",\r\n]|^$|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
