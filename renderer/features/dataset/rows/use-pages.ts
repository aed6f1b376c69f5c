import type { DataFilter, DataRef, RowsRequest } from '#contract'
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { client } from '../../../api/session'
import { createRowPages, type RowPages } from './pages'

export interface Query {
  search: string
  filters: DataFilter[]
  sort: RowsRequest['sort']
}

export const everything: Query = { search: '', filters: [], sort: null }

export const isNarrowed = ({ search, filters }: Query): boolean => search !== '' || filters.length > 0

/** The pages of one question. `round` asks it anew. The component draws again when one arrives. */
export function usePages(data: DataRef, query: Query, round: number): RowPages {
  const key = JSON.stringify([data, query, round])
  const pages = useMemo(() => {
    const [asked, { search, filters, sort }] = JSON.parse(key) as [DataRef, Query]
    return createRowPages((from, count, signal) =>
      client().dataset.rows({ data: asked, from, count, search, filters, sort }, { signal }),
    )
  }, [key])
  useEffect(() => () => pages.dispose(), [pages])
  useSyncExternalStore(pages.subscribe, pages.version)
  return pages
}
