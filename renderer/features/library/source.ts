import type { HubSource, RepoKind } from '#contract'
import { create } from 'zustand'

interface Search {
  kind: RepoKind
  source: HubSource
  text: string
}

/** What was searched for, and where: it is still there on the way back from a repository. */
export const useSearch = create<Search>(() => ({
  kind: 'model',
  source: { kind: 'huggingface', endpoint: null },
  text: '',
}))

export const setSearch = (change: Partial<Search>): void => useSearch.setState(change)
