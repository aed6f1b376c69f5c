import type { RowsRequest } from '#contract'

/** Ascending, descending, and as the files have it. */
export function nextSort(sort: RowsRequest['sort'], column: string): RowsRequest['sort'] {
  if (sort?.column !== column) return { column, descending: false }
  return sort.descending ? null : { column, descending: true }
}
