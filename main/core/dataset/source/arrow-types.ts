import type * as arrowLibrary from 'apache-arrow'
import type { DataType, Schema } from 'apache-arrow'
import type { Finding } from '#contract'
import { named } from './sql'

/** The library, loaded where it is first needed. */
export type Arrow = typeof arrowLibrary

const isLarge = (arrow: Arrow, type: DataType): boolean =>
  [arrow.Type.LargeList, arrow.Type.LargeUtf8, arrow.Type.LargeBinary].includes(type.typeId) ||
  (type.children ?? []).some((child) => isLarge(arrow, child.type as DataType))

/** Columns whose lists or texts have offsets of 64 bits. */
export function largeFindings(arrow: Arrow, schema: Schema): Finding[] {
  const columns = schema.fields.filter(({ type }) => isLarge(arrow, type as DataType)).map(({ name }) => name)
  if (columns.length === 0) return []
  return [{ code: 'DATA_LARGE_LIST', severity: 'warning', params: { columns: columns.join(', ') } }]
}

/** The same of a schema message, as parquet files keep it. What cannot be read says nothing. */
export async function largeColumns(message: Buffer): Promise<Finding[]> {
  const arrow = await import('apache-arrow')
  try {
    const schema = new arrow.MessageReader(message).readSchema()
    return schema === null ? [] : largeFindings(arrow, schema as Schema)
  } catch {
    return []
  }
}

/** By TimeUnit: seconds, milli-, micro- and nanoseconds. */
const timestamps = ['TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP', 'TIMESTAMP_NS']

/** As DuckDB spells an Arrow type. Maps are lists of {key, value}, what it does not know is text. */
export function duckType(arrow: Arrow, type: DataType): string {
  const { Type, DateUnit } = arrow
  const children = type.children ?? []
  const child = () => duckType(arrow, (children[0]?.type ?? null) as DataType)
  const detail = type as Partial<{
    isSigned: boolean
    bitWidth: number
    precision: number
    scale: number
    unit: number
    timezone: string | null
    dictionary: DataType
    listSize: number
  }>
  switch (type.typeId) {
    case Type.Bool:
      return 'BOOLEAN'
    case Type.Int: {
      const names: Record<number, string> = { 8: 'TINYINT', 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT' }
      return `${detail.isSigned === false ? 'U' : ''}${names[detail.bitWidth ?? 64] ?? 'BIGINT'}`
    }
    case Type.Float:
      return detail.precision === 2 ? 'DOUBLE' : 'FLOAT'
    case Type.Decimal:
      return (detail.precision ?? 39) <= 38 ? `DECIMAL(${detail.precision}, ${detail.scale})` : 'VARCHAR'
    case Type.Binary:
    case Type.LargeBinary:
    case Type.FixedSizeBinary:
    case Type.BinaryView:
      return 'BLOB'
    case Type.Date:
      return detail.unit === DateUnit.DAY ? 'DATE' : 'TIMESTAMP_MS'
    case Type.Timestamp:
      return (detail.timezone ?? null) === null
        ? (timestamps[detail.unit ?? 2] ?? 'TIMESTAMP')
        : 'TIMESTAMP WITH TIME ZONE'
    case Type.List:
    case Type.LargeList:
    case Type.FixedSizeList:
      return `${child()}[]`
    case Type.Map:
      return `${child()}[]`
    case Type.Struct:
      if (children.length === 0) return 'JSON'
      return `STRUCT(${children.map((field) => `${named(field.name)} ${duckType(arrow, field.type as DataType)}`).join(', ')})`
    case Type.Dictionary:
      return duckType(arrow, detail.dictionary as DataType)
    case Type.Union:
      return 'JSON'
    case Type.Duration:
    case Type.Interval:
    default:
      return 'VARCHAR'
  }
}
