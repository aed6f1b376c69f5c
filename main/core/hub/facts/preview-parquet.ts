import {
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type AsyncBuffer,
  type FileMetaData,
  type SchemaTree,
} from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { NoPreview, type Rows } from './rows'
import { sizeIn, type RemoteReader } from './reader'

/** hyparquet decodes a whole column chunk where there is no offset index: 24 s and 4 GB for a million rows in one (measured). */
const LARGEST_GROUP = 64 * 1024 * 1024
/** Not worth a second request. */
const ONCE = 512 * 1024
const MAGIC = 'PAR1'
const ENCRYPTED = 'PARE'

/** Rows and groups of a parquet file, from its footer. Throws for what is no parquet. */
export const parquetFooter = (reader: RemoteReader, path: string, signal: AbortSignal): Promise<FileMetaData> =>
  footerOf(bufferOf(reader, path, signal))

async function footerOf(file: AsyncBuffer): Promise<FileMetaData> {
  if (file.byteLength < 12) throw new NoPreview('damaged')
  const ends = Buffer.from(await file.slice(file.byteLength - 8))
  const magic = ends.toString('latin1', 4)
  if (magic === ENCRYPTED) throw new NoPreview('encrypted')
  if (magic !== MAGIC) throw new NoPreview('damaged')
  return parquetMetadataAsync(file, { initialFetchSize: ends.readUInt32LE() + 8, geoparquet: false })
}

/** The footer, then what the first rows need of the first group. */
export async function previewParquet(
  reader: RemoteReader,
  path: string,
  rows: number,
  signal: AbortSignal,
): Promise<Rows> {
  const file = bufferOf(reader, path, signal)
  const metadata = await footerOf(file)
  const schema = parquetSchema(metadata)
  const columns = schema.children.map((child) => ({ name: child.element.name, type: typeOf(child) }))
  const totalRows = Number(metadata.num_rows)
  if (totalRows === 0) return { columns, values: [], totalRows }
  let before = 0
  for (const group of metadata.row_groups) {
    if (before >= rows) break
    before += Number(group.num_rows)
    const bytes = Math.max(
      Number(group.total_byte_size),
      group.columns.reduce((sum, { meta_data }) => sum + Number(meta_data?.total_uncompressed_size ?? 0), 0),
    )
    const indexed = group.columns.every(({ offset_index_offset }) => offset_index_offset !== undefined)
    if (bytes > LARGEST_GROUP && !indexed) throw new NoPreview('groups')
  }
  const values: Record<string, unknown>[] = await parquetReadObjects({
    file,
    metadata,
    rowStart: 0,
    rowEnd: Math.min(rows, totalRows),
    compressors,
    useOffsetIndex: true,
    geoparquet: false,
    // Bytes that nobody called text are shown as text only where they are.
    utf8: false,
    parsers: {
      dateFromDays: (days) => new Date(days * 86_400_000).toISOString().slice(0, 10),
      jsonFromBytes: (bytes) => new TextDecoder().decode(bytes),
    },
  })
  return { columns, values, totalRows }
}

/** A small file is read once and whole. No single read is larger than a group may be, whatever a footer says. */
function bufferOf(reader: RemoteReader, path: string, signal: AbortSignal): AsyncBuffer {
  const size = sizeIn(reader, path) ?? 0
  const read = async (from: number, to: number) => {
    const bytes = await reader.range(path, from, to, signal)
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer
  }
  let whole: Promise<ArrayBuffer> | null = null
  return {
    byteLength: size,
    async slice(from, to = size) {
      if (from < 0 || to > size || to < from) throw new NoPreview('damaged')
      if (to - from > LARGEST_GROUP) throw new NoPreview('groups')
      if (size > ONCE) return read(from, to)
      whole ??= read(0, size)
      return (await whole).slice(from, to)
    },
  }
}

/** "string", "int64", "list<struct<role: string, content: string>>". */
function typeOf({ element, children }: SchemaTree): string {
  const inner = children[0]
  if (inner === undefined) {
    const kind = element.logical_type?.type ?? element.converted_type ?? element.type ?? 'null'
    const words: Record<string, string> = {
      UTF8: 'string',
      BYTE_ARRAY: 'bytes',
      INT_64: 'int64',
      INTEGER: element.type ?? 'int64',
    }
    return (words[kind] ?? kind).toLowerCase()
  }
  const named = element.converted_type ?? element.logical_type?.type
  if (named === 'LIST') {
    const item = inner.children.length === 1 && inner.children[0] !== undefined ? inner.children[0] : inner
    return `list<${typeOf(item)}>`
  }
  if (named === 'MAP') return `map<${inner.children.map(typeOf).join(', ')}>`
  const fields = children.map((child) => `${child.element.name}: ${typeOf(child)}`)
  const struct = `struct<${fields.join(', ')}>`
  return element.repetition_type === 'REPEATED' ? `list<${struct}>` : struct
}
