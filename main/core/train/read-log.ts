import { open } from 'node:fs/promises'
import type { LogChunk, MetricPoint, MetricsChunk } from '#contract'
import { errnoOf } from '../errors'

/** Bytes `from`.. of a file that may still grow or not exist yet, as text cut between two characters. */
export async function readText(file: string, from: number, max: number): Promise<LogChunk> {
  const { bytes, size } = await readBytes(file, from, max)
  const whole = from + bytes.length >= size ? bytes : bytes.subarray(0, wholeCharacters(bytes))
  return { from, next: from + whole.length, size, text: new TextDecoder().decode(whole) }
}

/** Points at each end of a chunk that are there also when the rest is left out. */
const ENDS = 20

/**
 * The complete lines from `from` on, as points. A last line still being written is left for the next call. `sparse`:
 * of a long chunk only both ends and validations, which is all that a summary is made from.
 */
export async function readMetrics(file: string, from: number, sparse = false): Promise<MetricsChunk> {
  const { bytes, size } = await readBytes(file, from, (sparse ? 8 : 4) * 1024 * 1024)
  const whole = bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1)
  const lines = (sparse ? telling(whole) : [whole]).flatMap((part) => part.toString('utf8').split('\n'))
  return { next: from + whole.length, size, points: lines.flatMap((line) => parsePoint(line) ?? []) }
}

/** The first lines, the validations and the last lines; found in the bytes, since most of them are never looked at. */
function telling(bytes: Buffer): Buffer[] {
  let begin = 0
  let end = bytes.length
  for (let line = 0; line < ENDS && begin < end; line += 1) begin = bytes.indexOf(0x0a, begin) + 1
  for (let line = 0; line < ENDS && end > begin; line += 1) end = bytes.lastIndexOf(0x0a, end - 2) + 1
  end = Math.max(begin, end)
  const parts = [bytes.subarray(0, begin)]
  for (let at = bytes.indexOf('"val', begin); at !== -1 && at < end;) {
    const next = bytes.indexOf(0x0a, at) + 1
    parts.push(bytes.subarray(bytes.lastIndexOf(0x0a, at) + 1, next))
    at = bytes.indexOf('"val', next)
  }
  return [...parts, bytes.subarray(end)]
}

/** One line; null: it is none. By hand, since a long run has hundreds of thousands of these numbers to be read at once. */
function parsePoint(line: string): MetricPoint | null {
  const value = parseJson(line)
  const { step, data } = (value ?? {}) as { step?: unknown; data?: unknown }
  if (!Number.isInteger(step) || typeof data !== 'object' || data === null) return null
  const numbers: MetricPoint['data'] = {}
  for (const [key, entry] of Object.entries(data)) if (typeof entry === 'number') numbers[key] = entry
  return { step: step as number, data: numbers }
}

/** NaN and Infinity are no JSON, yet Python writes them, and a run that diverges is full of them. */
function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    try {
      return JSON.parse(line.replaceAll(/: *(NaN|-?Infinity)\b/g, ': null'))
    } catch {
      return null
    }
  }
}

async function readBytes(file: string, from: number, max: number): Promise<{ bytes: Buffer; size: number }> {
  let handle
  try {
    handle = await open(file, 'r')
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return { bytes: Buffer.alloc(0), size: 0 }
    throw thrown
  }
  try {
    const { size } = await handle.stat()
    const length = Math.max(0, Math.min(max, size - from))
    const buffer = Buffer.allocUnsafe(length)
    const { bytesRead } = await handle.read(buffer, 0, length, from)
    return { bytes: buffer.subarray(0, bytesRead), size }
  } finally {
    await handle.close()
  }
}

/** Length of the longest prefix that does not end inside a UTF-8 sequence. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(4, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return bytes.length // ASCII: nothing is open
    if (byte < 0xc0) continue // a continuation: look further back for its first byte
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
    return back < length ? bytes.length - back : bytes.length
  }
  return bytes.length // not UTF-8 at all: shown as replacement characters
}
