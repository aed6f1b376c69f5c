import type { RecordBatch, Schema } from 'apache-arrow'
import { decompress } from 'fzstd'
import { closeSync, openSync, readSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { AppError } from '../../errors'
import { decodeLz4 } from './lz4'
import type { Arrow } from './arrow-types'
import { checkedFooter, checkMessage } from './flat'
import type { Sniffed } from './sniff'
import { unreadable } from './sniff'

/*
 * Arrow IPC by an index of its messages (https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format):
 * headers are read, bodies are passed over. A batch is decoded from a stream of few messages that is put together for
 * it: the schema, the dictionaries as they were at that place, the batch. A file (ARROW1) holds the same messages.
 */

interface Message {
  at: number
  /** Length and header, padded. */
  head: number
  body: number
}

export interface ArrowBatch extends Message {
  from: number
  rows: number
  dictionaries: number
}

const PREFIX = 8
const MAGIC = 6
/** No schema is so large; what a damaged file claims would fill the memory. */
const LARGEST_HEAD = 64 * 1024 * 1024
/** Between two of them other work gets its turn. */
const HEADS_AT_ONCE = 64

export interface ArrowIndex {
  schema: Schema
  /** As far as it was read; `rows` of all once `complete`. */
  batches: readonly ArrowBatch[]
  complete: boolean
  rows: number
  /** Reads on until a row is in it, or everything. */
  reach(row: number, signal: AbortSignal): Promise<void>
  read(batch: ArrowBatch): RecordBatch
}

/** Errors: DATA_DAMAGED, DATA_UNREADABLE. */
export function openArrow(arrow: Arrow, file: Sniffed): ArrowIndex {
  registerCodecs(arrow)
  const damaged = (detail: string, cause?: unknown) => new AppError('DATA_DAMAGED', { file: file.path, detail }, cause)
  const batches: ArrowBatch[] = []
  /** In the order of the file, by the dictionary that they are of. */
  const dictionaries: (Message & { id: number; isDelta: boolean })[] = []
  let at = file.format === 'arrowFile' ? PREFIX : 0
  let rows = 0
  let complete = false

  /** Open only as long as it is read: there may be thousands of shards. */
  let descriptor = -1
  function reading<Value>(work: () => Value): Value {
    descriptor = opened(file.path)
    try {
      return work()
    } finally {
      closeSync(descriptor)
    }
  }

  function bytes(from: number, length: number): Buffer {
    const buffer = Buffer.allocUnsafeSlow(length)
    const read = readSync(descriptor, buffer, 0, length, from)
    if (read < length) throw damaged(`it ends at byte ${from + read}, within a message`)
    return buffer
  }

  /** The next message; null: that was the last. */
  function next() {
    if (at + 4 > file.bytes) {
      if (at < file.bytes) throw damaged(`it ends at byte ${file.bytes}, within a message`)
      return null
    }
    const prefix = bytes(at, Math.min(PREFIX, file.bytes - at))
    const modern = prefix.readInt32LE(0) === -1
    if (modern && prefix.length < PREFIX) throw damaged(`it ends at byte ${file.bytes}, within a message`)
    const length = prefix.readInt32LE(modern ? 4 : 0)
    if (length === 0) return null
    const start = at + (modern ? PREFIX : 4)
    if (length < 0 || length > LARGEST_HEAD || start + length > file.bytes)
      throw damaged(`it ends within the message at byte ${at}`)
    try {
      const header = bytes(start, length)
      checkMessage(header)
      const message = arrow.Message.decode(new Uint8Array(header))
      const found = { message, header: message.header(), at, head: start - at + length, body: message.bodyLength }
      if (!(found.body >= 0) || start + length + found.body > file.bytes)
        throw damaged(`it ends within the message at byte ${at}`)
      at = start + length + found.body
      return found
    } catch (thrown) {
      if (thrown instanceof AppError) throw thrown
      throw damaged(`no message at byte ${at}: ${thrown instanceof Error ? thrown.message : String(thrown)}`, thrown)
    }
  }

  function step(): void {
    const found = next()
    if (found === null) {
      complete = true
      return
    }
    const { message, header, ...place } = found
    if (message.isRecordBatch()) {
      const { length } = header as { length: number }
      if (!Number.isSafeInteger(length) || length < 0) throw damaged(`the batch at byte ${place.at} has ${length} rows`)
      batches.push({ ...place, from: rows, rows: length, dictionaries: dictionaries.length })
      rows += length
    } else if (message.isDictionaryBatch()) {
      const { id, isDelta } = header as { id: number; isDelta: boolean }
      dictionaries.push({ ...place, id, isDelta })
    }
  }

  /** Of each dictionary what was there when the batch came: the last whole one, and what was added to it. */
  function dictionariesOf(batch: ArrowBatch): Message[] {
    // A file may have its dictionaries behind its batches.
    const before = file.format === 'arrowFile' ? dictionaries : dictionaries.slice(0, batch.dictionaries)
    const kept: typeof dictionaries = []
    for (const id of new Set(before.map((one) => one.id))) {
      const own = before.filter((one) => one.id === id)
      kept.push(
        ...own.slice(
          Math.max(
            0,
            own.findLastIndex(({ isDelta }) => !isDelta),
          ),
        ),
      )
    }
    return kept.sort((a, b) => a.at - b.at)
  }

  const { schema, message: schemaMessage } = reading(() => {
    const first = next()
    if (first === null) throw new AppError('DATA_EMPTY', { file: file.path })
    if (first.message.isSchema()) return { schema: first.header as Schema, message: bytes(first.at, first.head) }
    if (file.format === 'arrowStream') throw damaged('it does not begin with a schema')
    at = first.at
    try {
      return schemaOfFooter(arrow, (length) => bytes(file.bytes - MAGIC - length, length))
    } catch (thrown) {
      return failed(thrown)
    }
  })

  function failed(thrown: unknown): never {
    throw damaged(thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown), thrown)
  }

  return {
    schema,
    batches,
    get complete() {
      return complete
    },
    get rows() {
      return rows
    },
    async reach(row, signal) {
      while (!complete && rows <= row) {
        if (signal.aborted) throw new AppError('CANCELLED')
        reading(() => {
          for (let count = 0; count < HEADS_AT_ONCE && !complete && rows <= row; count += 1) step()
        })
        await setImmediate()
      }
    },
    read(batch) {
      const messages = reading(() => [...dictionariesOf(batch), batch].map((one) => bytes(one.at, one.head + one.body)))
      try {
        // Each message by itself: one buffer of all would be a second copy.
        const decoded = [...arrow.RecordBatchReader.from([schemaMessage, ...messages])].at(-1)
        if (decoded?.numRows !== batch.rows)
          throw new Error(`a batch of ${decoded?.numRows} and not ${batch.rows} rows`)
        return decoded
      } catch (thrown) {
        return failed(thrown)
      }
    },
  }
}

/** Files of apache-arrow in JavaScript have their schema at the end only. `end`: reads that much before the magic. */
function schemaOfFooter(arrow: Arrow, end: (length: number) => Buffer): { schema: Schema; message: Buffer } {
  const length = end(4).readInt32LE(0)
  if (length <= 0 || length > LARGEST_HEAD) throw new Error('a file without a schema')
  const footer = checkedFooter(end(length + 4).subarray(0, length))
  const sizes = Buffer.alloc(4)
  sizes.writeInt32LE(length, 0)
  // A file of nothing but its end.
  const [magic, padded] = [Buffer.from('ARROW1'), Buffer.from('ARROW1\0\0')]
  const reader = arrow.RecordBatchReader.from(Buffer.concat([padded, footer, sizes, magic]))
  const { schema } = reader.open()
  const header = Buffer.from(arrow.Message.encode(arrow.Message.from(schema)))
  const message = Buffer.alloc(PREFIX + Math.ceil(header.length / PREFIX) * PREFIX)
  message.writeInt32LE(-1, 0)
  message.writeInt32LE(message.length - PREFIX, 4)
  header.copy(message, PREFIX)
  return { schema, message }
}

function opened(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (thrown) {
    throw unreadable(thrown, path)
  }
}

/**
 * The library knows of compression and brings none. It keeps its codecs for the whole process. What fzstd gives lies
 * anywhere in a larger buffer, and numbers of 64 bits have to begin at a multiple of 8.
 */
function registerCodecs({ compressionRegistry, CompressionType }: Arrow): void {
  if (compressionRegistry.get(CompressionType.LZ4_FRAME) === null)
    compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: decodeLz4 })
  if (compressionRegistry.get(CompressionType.ZSTD) === null)
    compressionRegistry.set(CompressionType.ZSTD, { decode: (bytes) => decompress(bytes).slice() })
}
