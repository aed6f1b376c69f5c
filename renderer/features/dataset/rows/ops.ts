import type { ColumnKind, DataFilter } from '#contract'

/** What can be asked of a kind of column. */
export function opsOf(kind: ColumnKind): DataFilter['op'][] {
  if (kind === 'number' || kind === 'time') return ['equals', 'above', 'below', 'empty', 'filled']
  if (kind === 'boolean') return ['equals', 'empty', 'filled']
  if (kind === 'bytes' || kind === 'other') return ['empty', 'filled']
  return ['contains', 'equals', 'above', 'below', 'empty', 'filled']
}
