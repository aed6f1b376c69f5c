import type { Data, RecordBatch } from 'apache-arrow'
import type { Cell } from '#contract'
import type { Arrow } from './arrow-types'

/*
 * Values straight from Arrow's buffers: the library's own `get` makes milliseconds of nanoseconds, and an object of
 * every row. `copy` is the form in which DuckDB reads them from JSON into its types: whole bytes, whole numbers.
 */

export type Form = 'cell' | 'copy'
type Reader = (row: number) => Cell

/** How row `n` of a batch is read: its cells in the order of the columns. Throws where the buffers are too short. */
export function batchReader(arrow: Arrow, batch: RecordBatch, form: Form): (row: number) => Cell[] {
  const readers = batch.data.children.map((data) => reader(arrow, data, form))
  return (row) => readers.map((read) => read(row))
}

function reader(arrow: Arrow, data: Data, form: Form): Reader {
  const value = valueReader(arrow, data, form)
  const { nullBitmap, offset, typeId } = data
  if (typeId === arrow.Type.Null) return () => null
  if (data.nullCount === 0 || nullBitmap.length === 0 || typeId === arrow.Type.Union) return value
  return (row) => {
    const at = row + offset
    return ((nullBitmap[at >> 3] ?? 0) >> (at & 7)) & 1 ? value(row) : null
  }
}

const beyond = (): never => {
  throw new Error('a column is shorter than its batch')
}

function valueReader(arrow: Arrow, data: Data, form: Form): Reader {
  const { Type } = arrow
  const type = data.type
  const values = data.values as ArrayLike<number | bigint> | undefined
  const at = (row: number) => values?.[row] ?? beyond()
  const number = (value: number | bigint): Cell =>
    typeof value === 'bigint' && !Number.isSafeInteger(Number(value)) ? String(value) : Number(value)
  const real = (value: number): Cell => (Number.isFinite(value) ? value : String(value))
  switch (type.typeId) {
    case Type.Bool: {
      const bits = values as Uint8Array
      return (row) => (((bits[(row + data.offset) >> 3] ?? beyond()) >> ((row + data.offset) & 7)) & 1) === 1
    }
    case Type.Int:
      return (row) => number(at(row))
    case Type.Float:
      if ((type as { precision?: number }).precision === 0) return (row) => real(half(Number(at(row))))
      return (row) => real(Number(at(row)))
    case Type.Utf8:
    case Type.LargeUtf8: {
      const slice = sliceOf(data)
      return (row) => slice(row).toString('utf8')
    }
    case Type.Binary:
    case Type.LargeBinary: {
      const slice = sliceOf(data)
      return (row) => bytes(slice(row), form)
    }
    case Type.FixedSizeBinary: {
      const { byteWidth } = type as unknown as { byteWidth: number }
      const all = values as Uint8Array
      return (row) => bytes(all.subarray(row * byteWidth, (row + 1) * byteWidth), form)
    }
    case Type.Decimal: {
      const { scale, precision } = type as unknown as { scale: number; precision: number }
      const words = values as Uint32Array
      const width = words.length / Math.max(1, data.length) >= 8 ? 8 : 4
      return (row) => decimal(words.subarray(row * width, (row + 1) * width), scale, form === 'cell' && precision <= 15)
    }
    case Type.Date:
      return (row) => {
        const value = Number(at(row))
        const days = (type as { unit?: number }).unit === arrow.DateUnit.DAY
        return days ? instant(BigInt(value) * 86_400n, 1n).slice(0, -9) : instant(BigInt(value), 1000n)
      }
    case Type.Timestamp: {
      const { unit, timezone } = type as unknown as { unit: number; timezone?: string | null }
      const zone = (timezone ?? null) === null ? '' : 'Z'
      return (row) => `${instant(BigInt(at(row)), 1000n ** BigInt(unit))}${zone}`
    }
    case Type.Time: {
      const { unit } = type as unknown as { unit: number }
      return (row) => instant(BigInt(at(row)), 1000n ** BigInt(unit)).slice(11)
    }
    case Type.Duration:
      return (row) => String(at(row))
    case Type.List:
    case Type.LargeList:
    case Type.Map:
    case Type.FixedSizeList:
      return listReader(arrow, data, form)
    case Type.Struct: {
      const fields = type.children.map(({ name }) => name)
      const readers = data.children.map((child) => reader(arrow, child, form))
      return (row) => Object.fromEntries(readers.map((read, place) => [fields[place] ?? '', read(row)]))
    }
    case Type.Dictionary:
      return dictionaryReader(arrow, data, form)
    default:
      return otherReader(arrow, data, form)
  }
}

/** The bytes of a text; what damaged offsets ask for is not there. */
function sliceOf(data: Data): (row: number) => Buffer {
  const all = data.values as Uint8Array
  const buffer = Buffer.from(all.buffer, all.byteOffset, all.byteLength)
  const offsets = data.valueOffsets as ArrayLike<number | bigint>
  return (row) => {
    const from = Number(offsets[row] ?? beyond())
    const to = Number(offsets[row + 1] ?? beyond())
    if (from < 0 || to < from || to > buffer.length) beyond()
    return buffer.subarray(from, to)
  }
}

function listReader(arrow: Arrow, data: Data, form: Form): Reader {
  const child = data.children[0] as Data
  const read = reader(arrow, child, form)
  const { listSize } = data.type as { listSize?: number }
  const offsets = data.valueOffsets as ArrayLike<number | bigint>
  return (row) => {
    const from = listSize === undefined ? Number(offsets[row] ?? beyond()) : row * listSize
    const to = listSize === undefined ? Number(offsets[row + 1] ?? beyond()) : from + listSize
    if (from < 0 || to < from || to > child.length) beyond()
    return Array.from({ length: to - from }, (_, place) => read(from + place))
  }
}

/** A dictionary that was added to is in several pieces. */
function dictionaryReader(arrow: Arrow, data: Data, form: Form): Reader {
  const pieces = (data.dictionary?.data ?? []) as Data[]
  const readers = pieces.map((piece) => reader(arrow, piece, form))
  const keys = data.values as ArrayLike<number | bigint>
  return (row) => {
    let key = Number(keys[row] ?? beyond())
    for (const [place, piece] of pieces.entries()) {
      if (key < piece.length) return readers[place]?.(key) ?? null
      key -= piece.length
    }
    return beyond()
  }
}

/** Views, unions, intervals: rare, and read by the library. */
function otherReader(arrow: Arrow, data: Data, form: Form): Reader {
  const vector = new arrow.Vector([data])
  const plain = (value: unknown): Cell => {
    if (value === null || value === undefined) return null
    if (typeof value === 'string' || typeof value === 'boolean') return value
    if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
    if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
    if (value instanceof Date) return value.toISOString()
    if (value instanceof Uint8Array) return bytes(value, form)
    if (ArrayBuffer.isView(value)) return Array.from(value as Int32Array, plain)
    if (typeof value === 'object' && 'toJSON' in value) return plain((value as { toJSON(): unknown }).toJSON())
    if (Array.isArray(value)) return value.map(plain)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
  }
  const { Type } = arrow
  const texts = [Type.Interval, Type.Duration].includes(data.typeId)
  return (row) => {
    if (row >= data.length) return beyond()
    const value = plain(vector.get(row))
    return texts && value !== null ? JSON.stringify(value) : value
  }
}

const hex = Array.from({ length: 256 }, (_, byte) => `\\x${byte.toString(16).padStart(2, '0').toUpperCase()}`)

function bytes(value: Uint8Array, form: Form): Cell {
  if (form === 'cell') return { bytes: value.length }
  return Array.from(value, (byte) => hex[byte] ?? '').join('')
}

/** Little endian, in words of 32 bits, two's complement. */
function decimal(words: Uint32Array, scale: number, short: boolean): Cell {
  if (words.length === 0) beyond()
  const whole = words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n)
  const value = BigInt.asIntN(words.length * 32, whole)
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0')
  const text = scale <= 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`
  const signed = `${value < 0n ? '-' : ''}${text}`
  return short ? Number(signed) : signed
}

/** `value` of so many a second since 1970, as ISO 8601 with the digits that it has. */
function instant(value: bigint, aSecond: bigint): string {
  const seconds = value >= 0n ? value / aSecond : -((-value + aSecond - 1n) / aSecond)
  const rest = value - seconds * aSecond
  const date = new Date(Number(seconds) * 1000)
  if (Number.isNaN(date.getTime())) return String(value)
  const digits = String(aSecond).length - 1
  const fraction = rest === 0n ? '' : `.${String(rest).padStart(digits, '0').replace(/0+$/, '')}`
  return `${date.toISOString().slice(0, -5)}${fraction}`
}

/** https://en.wikipedia.org/wiki/Half-precision_floating-point_format */
function half(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 0x3ff]
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
