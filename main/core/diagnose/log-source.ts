import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { AppError, errnoOf } from '../errors'

/** A log's bytes as UTF-8, from one place on: once through, and a part of it again. */
export interface LogSource {
  /** Each is good until the next one is asked for. */
  chunks(): AsyncIterable<Buffer>
  /** Offsets are those of `chunks`. */
  slice(from: number, bytes: number): Promise<Buffer>
}

const CHUNK = 256 * 1024
/** What is looked at to tell text from other things. */
const HEAD = 4096

/** NOT_FOUND for no file, LOG_NOT_TEXT for a binary one. UTF-16 (PowerShell's `>`) is read as what it says. */
export async function fileSource(path: string, from = 0): Promise<LogSource> {
  const found = await stat(path).catch((thrown: unknown) => {
    throw errnoOf(thrown) === 'ENOENT' ? new AppError('NOT_FOUND', { what: 'log', id: path }) : thrown
  })
  if (!found.isFile()) throw new AppError('LOG_NOT_TEXT', { file: path })
  const head = await readPart(path, 0, HEAD)
  const encoding = utf16Of(head)
  if (encoding !== null) {
    const decoded = () => transcoded(createReadStream(path, { highWaterMark: CHUNK }), encoding)
    return { chunks: decoded, slice: (at, bytes) => sliceOf(decoded(), at, bytes) }
  }
  if (isBinary(head)) throw new AppError('LOG_NOT_TEXT', { file: path })
  return {
    chunks: () => readThrough(path, from),
    slice: (at, bytes) => readPart(path, from + at, bytes),
  }
}

export function textSource(text: string): LogSource {
  const bytes = Buffer.from(text)
  return {
    chunks: () => Readable.from([bytes]),
    slice: (at, length) => Promise.resolve(bytes.subarray(at, at + length)),
  }
}

/** In one piece of memory: a stream's many are left to the collector, which lets a hundred megabytes of them gather. */
async function* readThrough(path: string, from: number): AsyncGenerator<Buffer, void, void> {
  const file = await open(path)
  const room = Buffer.alloc(CHUNK)
  try {
    for (let at = from; ;) {
      const { bytesRead } = await file.read(room, 0, CHUNK, at)
      if (bytesRead === 0) return
      at += bytesRead
      yield room.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}

async function readPart(path: string, from: number, bytes: number): Promise<Buffer> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, from)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

type Utf16 = 'utf-16le' | 'utf-16be'

/** By its mark, or by every other byte of its first words being 0. */
function utf16Of(head: Buffer): Utf16 | null {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  const zeros = (odd: number) => head.filter((byte, at) => byte === 0 && at % 2 === odd).length / (head.length / 2)
  if (head.length < 8) return null
  if (zeros(1) > 0.8 && zeros(0) < 0.1) return 'utf-16le'
  return zeros(0) > 0.8 && zeros(1) < 0.1 ? 'utf-16be' : null
}

/** A terminal's log has no zeros to speak of. */
const isBinary = (head: Buffer) => head.filter((byte) => byte === 0).length > head.length / 20

async function* transcoded(stream: Readable, encoding: Utf16): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding)
  for await (const chunk of stream) yield Buffer.from(decoder.decode(chunk as Buffer, { stream: true }))
  yield Buffer.from(decoder.decode())
}

async function sliceOf(chunks: AsyncIterable<Buffer>, from: number, bytes: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let at = 0
  for await (const chunk of chunks) {
    if (at + chunk.length > from) parts.push(chunk.subarray(Math.max(0, from - at), from + bytes - at))
    at += chunk.length
    if (at >= from + bytes) break
  }
  return Buffer.concat(parts)
}
