import type { DataRef, LibraryItem, OpenedData, PreparedData } from '#contract'
import { create } from 'zustand'
import { keyOf, nameOf, refOf, splitsOf, type Recent } from '../refs'

/** What was put beside which dataset: still there on the way back from another tab. */
export const useBeside = create<{ to: string; data: DataRef | null }>(() => ({ to: '', data: null }))
export const putBeside = (to: DataRef, data: DataRef | null): void => useBeside.setState({ to: keyOf(to), data })

export type Shelf = 'splits' | 'library' | 'prepared' | 'recent'

export interface Choice {
  shelf: Shelf
  label: string
  data: DataRef
}

interface Known {
  data: DataRef
  opened: OpenedData
  library: Record<string, LibraryItem>
  datasets: Record<string, PreparedData>
  recent: Recent[]
}

/** What can be put beside an open dataset: its other splits first. Each once, and never itself. */
export function choicesFor({ data, opened, library, datasets, recent }: Known): Choice[] {
  const splits = splitsOf(opened)
    .filter((split) => split !== opened.split)
    .map((split) => ({ shelf: 'splits' as const, label: split, data: { ...data, split } }))
  const items = Object.values(library)
    .filter(({ kind, state }) => kind === 'dataset' && state === 'whole')
    .map(({ id, folder }) => ({ shelf: 'library' as const, label: id, data: refOf([folder]) }))
  const written = Object.values(datasets).map(({ card, folder }) => ({
    shelf: 'prepared' as const,
    label: card.name,
    data: refOf([folder]),
  }))
  const before = recent.map((entry) => ({
    shelf: 'recent' as const,
    label: [entry.name, entry.data.split].filter((part) => part !== null).join(' · '),
    data: entry.data,
  }))
  // Of the open files, "the default one" and its name are the same.
  const whole = ({ paths, config, split, badLines }: DataRef): string =>
    paths.join('\n') === data.paths.join('\n')
      ? keyOf({ paths, config: config ?? opened.config, split: split ?? opened.split, badLines: data.badLines })
      : keyOf({ paths, config, split, badLines })
  const taken = new Set([whole(data)])
  return [...splits, ...items, ...written, ...before].filter((choice) => {
    const key = whole(choice.data)
    return taken.has(key) ? false : taken.add(key)
  })
}

export const titleOf = (data: DataRef): string =>
  [nameOf(data.paths[0] ?? ''), data.split].filter((part) => part !== null && part !== '').join(' · ')
