import type { Cell } from '#contract'
import type { Row } from '../types'

/**
 * The part of a row that `path` names: `question`, `reward_model.ground_truth`, `chosen[-1].content` (from the end).
 * A column of exactly that name comes first. null: there is none.
 */
export function valueAt(row: Row, path: string): Cell {
  if (Object.hasOwn(row, path)) return row[path] ?? null
  const parts = partsOf(path)
  if (parts.length === 0) return null
  let value: Cell = row
  for (const part of parts) {
    if (typeof part === 'number') value = Array.isArray(value) ? (value.at(part) ?? null) : null
    else if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
    else value = Object.hasOwn(value, part) ? (value[part] ?? null) : null
  }
  return value
}

/** The column that a path begins with. */
export const columnOf = (path: string): string => String(partsOf(path)[0] ?? path)

function partsOf(path: string): (string | number)[] {
  return [...path.matchAll(/\[(-?\d+)\]|([^.[\]]+)/g)].map(([, at, name]) =>
    at === undefined ? (name ?? '') : Number(at),
  )
}
