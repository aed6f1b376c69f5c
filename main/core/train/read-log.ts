import { open } from 'node:fs/promises'
import { MetricPoint, type LogChunk, type MetricsChunk } from '#contract'
import { errnoOf } from '../errors'

/** Bytes `from`.. of a file that may still grow or not exist yet, as text cut between two characters. */
export async function readText(file: string, from: number, max: number): Promise<LogChunk> {
  const { bytes, size } = await readBytes(file, from, max)
  const whole = from + bytes.length >= size ? bytes : bytes.subarray(0, wholeCharacters(bytes))
  return { from, next: from + whole.length, size, text: new TextDecoder().decode(whole) }
}

/** The complete lines from `from` on, as points. A last line still being written is left for the next call. */
export async function readMetrics(file: string, from: number): Promise<MetricsChunk> {
  const { bytes, size } = await readBytes(file, from, 4 * 1024 * 1024)
  const end = bytes.lastIndexOf(0x0a) + 1
  const points = bytes
    .subarray(0, end)
    .toString('utf8')
    .split('\n')
    .flatMap((line) => parsePoint(line) ?? [])
  return { next: from + end, size, points }
}

/** NaN and Infinity are no JSON, yet Python writes them, and a run that diverges is full of them. */
function parsePoint(line: string): MetricPoint | null {
  if (line.trim() === '') return null
  try {
    const value: unknown = JSON.parse(line.replaceAll(/: *(NaN|-?Infinity)\b/g, ': null'))
    const { step, data } = value as { step?: unknown; data?: Record<string, unknown> }
    const numbers = Object.entries(data ?? {}).filter(([, entry]) => typeof entry === 'number')
    return MetricPoint.parse({ step, data: Object.fromEntries(numbers) })
  } catch {
    return null
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
