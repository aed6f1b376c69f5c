import type { Preview } from '#contract'
import type { PreviewReason } from '#contract/locales'
import { AppError } from '../../errors'
import { cellText } from './cell'
import { formatOf } from './dataset-card'
import { previewParquet } from './preview-parquet'
import { rowsOfText } from './preview-text'
import { decompressed } from './decompress'
import { NoPreview, type Rows } from './rows'
import { sizeIn, type RemoteReader } from './reader'

const FIRST = 256 * 1024
const MOST = 1024 * 1024

/**
 * The first `rows` rows of a file, by ranges: of parquet the footer and the first pages, of text the first 256 kB to
 * 1 MB. Errors: PREVIEW_IMPOSSIBLE (`detail` is a key of `preview` in the locales), those of the hub and the network.
 */
export async function previewFile(
  reader: RemoteReader,
  path: string,
  rows: number,
  signal: AbortSignal,
): Promise<Preview> {
  const counted = counting(reader)
  try {
    const format = formatOf(path)
    if (format === 'arrow') throw new NoPreview('arrow')
    if (format === null) throw new NoPreview('format')
    const parquet = /^(geo)?parquet$|^gpq$/.test(format)
    const read = parquet
      ? previewParquet(counted, path, rows, signal)
      : previewText(counted, path, format, rows, signal)
    const { columns, values, totalRows } = await read
    const names = columns.map(({ name }) => name)
    const shown = values.map((row) => names.map((name) => cellText(row[name])))
    return { columns, rows: shown, totalRows, bytesRead: counted.bytes() }
  } catch (thrown) {
    signal.throwIfAborted()
    if (thrown instanceof AppError) throw thrown
    const detail: PreviewReason = thrown instanceof NoPreview ? thrown.reason : 'damaged'
    throw new AppError('PREVIEW_IMPOSSIBLE', { file: path, detail }, thrown)
  }
}

function counting(reader: RemoteReader): RemoteReader & { bytes: () => number } {
  let bytes = 0
  return {
    ...reader,
    bytes: () => bytes,
    async range(path, from, to, signal) {
      const got = await reader.range(path, from, to, signal)
      bytes += got.length
      return got
    },
  }
}

async function previewText(
  reader: RemoteReader,
  path: string,
  format: string,
  rows: number,
  signal: AbortSignal,
): Promise<Rows> {
  const size = sizeIn(reader, path) ?? 0
  let raw = Buffer.alloc(0)
  for (const most of [FIRST, MOST]) {
    raw = Buffer.concat([raw, await reader.range(path, raw.length, Math.min(size, most), signal)])
    const { bytes, whole } = await decompressed(raw, path, raw.length === size)
    const found = rowsOfText(bytes, whole, format, rows)
    if (found.values.length >= rows || whole || most === MOST || raw.length === size) {
      if (found.values.length === 0) throw new NoPreview(whole ? 'empty' : 'long')
      return found
    }
  }
  throw new NoPreview('long')
}
