import { createHash } from 'node:crypto'
import type { Cell } from '#contract'
import type { Row } from '../../main/core/dataset/types'

/**
 * One digest over rows in their order. Two rows are the same when their values are: the order of keys does not count,
 * and a missing key is a null, for parquet does not tell them apart.
 */
export function createRowsDigest(): { add(row: Row): void; hex(): string } {
  const hash = createHash('sha256')
  return {
    add: (row) => void hash.update(`${canonical(row)}\n`),
    hex: () => hash.digest('hex'),
  }
}

function canonical(value: Cell): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const filled = Object.entries(value).filter(([, item]) => item !== null)
  const sorted = filled.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${sorted.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`
}
