import type { DataFile, DataFormat } from '#contract'
import { open, stat } from 'node:fs/promises'
import pMap from 'p-map'
import { AppError, errnoOf } from '../../errors'
import { decompressed } from '../../hub/facts/decompress'

/** A file with what tells it from a later one under the same name. */
export interface Sniffed extends DataFile {
  mtimeMs: number
}

const HEAD = 64 * 1024
const PARQUET = Buffer.from('PAR1')
const ARROW = Buffer.from('ARROW1')
const CONTINUATION = Buffer.from([0xff, 0xff, 0xff, 0xff])
const GZIP = Buffer.from([0x1f, 0x8b])
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])

const startsWith = (bytes: Buffer, magic: Buffer) => bytes.subarray(0, magic.length).equals(magic)
const endingsOf = (path: string) => (path.split(/[\\/]/).at(-1) ?? '').toLowerCase().split('.').slice(1)

/** What a file is: by its bytes, and by its name where text could be several. Errors: DATA_*, naming the file. */
export async function sniff(file: string): Promise<Sniffed> {
  const { bytes, mtimeMs, head, tail } = await ends(file)
  if (bytes === 0) throw new AppError('DATA_EMPTY', { file })
  const damaged = (detail: string) => new AppError('DATA_DAMAGED', { file, detail })
  const known = (format: DataFormat, compression: DataFile['compression'] = 'none'): Sniffed => ({
    path: file,
    bytes,
    mtimeMs,
    format,
    compression,
  })
  if (startsWith(head, PARQUET)) {
    if (bytes < 12 || !tail.subarray(-4).equals(PARQUET)) throw damaged('the end of the parquet file is missing')
    return known('parquet')
  }
  if (startsWith(head, ARROW)) {
    if (!tail.equals(ARROW)) throw damaged('the end of the Arrow file is missing')
    return known('arrowFile')
  }
  const named = endingsOf(file)
  if (startsWith(head, CONTINUATION)) return known('arrowStream')
  if (named.includes('parquet')) throw damaged('no parquet file: it does not begin with "PAR1"')
  if (named.includes('arrow') || named.includes('feather'))
    throw damaged('no Arrow file: it begins neither with "ARROW1" nor with a message')
  const compression = startsWith(head, GZIP) ? 'gzip' : startsWith(head, ZSTD) ? 'zstd' : 'none'
  const unpacked = compression === 'none' ? head : await unpack(file, head, compression, bytes <= HEAD)
  const text = compression === 'none' ? unpacked : unpacked.subarray(0, HEAD)
  if (text.length === 0) throw new AppError('DATA_EMPTY', { file })
  return known(textFormat(file, text), compression)
}

async function ends(file: string) {
  try {
    const handle = await open(file, 'r')
    try {
      const { size, mtimeMs } = await handle.stat()
      const head = Buffer.alloc(Math.min(HEAD, size))
      const read = await handle.read(head, 0, head.length, 0)
      const tail = Buffer.alloc(Math.min(ARROW.length, size))
      await handle.read(tail, 0, tail.length, size - tail.length)
      return { bytes: size, mtimeMs, head: head.subarray(0, read.bytesRead), tail }
    } finally {
      await handle.close()
    }
  } catch (thrown) {
    throw unreadable(thrown, file)
  }
}

/** An error of the system as one of ours; others are given back. */
export function unreadable(thrown: unknown, file: string): unknown {
  const errno = errnoOf(thrown)
  if (thrown instanceof AppError || errno === undefined) return thrown
  if (errno === 'ENOENT') return new AppError('DATA_NOT_FOUND', { path: file }, thrown)
  return new AppError('DATA_UNREADABLE', { file, detail: errno }, thrown)
}

async function unpack(file: string, head: Buffer, compression: 'gzip' | 'zstd', whole: boolean): Promise<Buffer> {
  try {
    return (await decompressed(head, compression === 'gzip' ? '.gz' : '.zst', whole)).bytes
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown)
    throw new AppError('DATA_DAMAGED', { file, detail: `${compression}: ${detail}` }, thrown)
  }
}

function textFormat(file: string, bytes: Buffer): DataFormat {
  const named = endingsOf(file)
  const has = (...endings: string[]) => endings.some((ending) => named.includes(ending))
  const first = bytes.subarray(0, 2)
  // UTF-16, as Excel and PowerShell write it.
  if (first.equals(Buffer.from([0xff, 0xfe])) || first.equals(Buffer.from([0xfe, 0xff])))
    throw new AppError('DATA_NOT_UTF8', { file, line: 1 })
  const isText = has('json', 'jsonl', 'ndjson', 'csv', 'tsv', 'txt')
  if (bytes.includes(0) && !isText) throw new AppError('DATA_FORMAT_UNKNOWN', { file })
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '')
  const begins = text.trimStart()
  if (begins === '' && text.length < HEAD) throw new AppError('DATA_EMPTY', { file })
  if (has('csv', 'tsv')) return 'csv'
  if (begins.startsWith('[')) return 'json'
  if (has('jsonl', 'ndjson')) return 'jsonl'
  if (begins.startsWith('{'))
    return isObject(begins.split('\n', 1)[0] ?? '') || !begins.includes('\n') ? 'jsonl' : 'json'
  if (has('json')) return 'jsonl'
  const [header = '', next = ''] = begins.split(/\r?\n/)
  const looksCsv = [',', '\t', ';'].some(
    (mark) => header.includes(mark) && header.split(mark).length === next.split(mark).length,
  )
  if (looksCsv) return 'csv'
  throw new AppError('DATA_FORMAT_UNKNOWN', { file })
}

function isObject(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object'
  } catch {
    return false
  }
}

/** Errors: DATA_CHANGED when one of them is no longer what was sniffed. */
export async function unchanged(files: readonly Sniffed[]): Promise<void> {
  const look = async ({ path, bytes, mtimeMs }: Sniffed) => {
    const found = await stat(path).catch(() => null)
    if (found?.size !== bytes || found.mtimeMs !== mtimeMs) throw new AppError('DATA_CHANGED', { file: path })
  }
  await pMap(files, look, { concurrency: 16 })
}
