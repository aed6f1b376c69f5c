export interface Spot {
  row: number
  column: number
}

interface Key {
  key: string
  ctrlKey: boolean
  metaKey: boolean
}

interface Size {
  rows: number
  columns: number
  /** Rows in sight. */
  fits: number
}

/** Where a key leads in a grid, as the ARIA practices say; null: it is none of ours. */
export function step(
  { key, ctrlKey, metaKey }: Key,
  { row, column }: Spot,
  { rows, columns, fits }: Size,
): Spot | null {
  const far = ctrlKey || metaKey
  const spots: Record<string, Spot> = {
    ArrowDown: { row: far ? rows - 1 : row + 1, column },
    ArrowUp: { row: far ? 0 : row - 1, column },
    ArrowRight: { row, column: column + 1 },
    ArrowLeft: { row, column: column - 1 },
    PageDown: { row: row + fits, column },
    PageUp: { row: row - fits, column },
    Home: { row: far ? 0 : row, column: 0 },
    End: { row: far ? rows - 1 : row, column: columns - 1 },
  }
  const next = Object.hasOwn(spots, key) ? spots[key] : undefined
  if (next === undefined) return null
  return {
    row: Math.max(0, Math.min(next.row, rows - 1)),
    column: Math.max(0, Math.min(next.column, columns - 1)),
  }
}
