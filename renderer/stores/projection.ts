import type { JobView, Projection, ProjectionEvent, RunView } from '#contract'
import { create } from 'zustand'
import { reduce } from './reduce'

interface ProjectionStore {
  seq: number
  state: Projection | null
  /** false: the event does not follow what is held; nothing was changed. */
  apply(event: ProjectionEvent): boolean
}

export const useProjection = create<ProjectionStore>((set, get) => ({
  seq: 0,
  state: null,
  apply: (event) => {
    const { seq, state } = get()
    const next = reduce(state === null ? null : { seq, state }, event)
    if (next === null) return false
    set(next)
    return true
  },
}))

/** Screens are only shown once there is a snapshot, so inside them there always is one. */
function held(store: ProjectionStore): Projection {
  if (store.state === null) throw new Error('a screen was shown before the first snapshot')
  return store.state
}

/** A part of the projection; the component renders again only when that part changes. */
export function useCore<T>(select: (state: Projection) => T): T {
  return useProjection((store) => select(held(store)))
}

export const useRun = (id: string): RunView | undefined => useCore((state) => state.runs[id])

const newest = <T>(entries: Record<string, T>, at: (entry: T) => number): T[] =>
  Object.values(entries).sort((a, b) => at(b) - at(a))

/** The practice the page shows: the newest one. */
export function latestPractice(jobs: Record<string, JobView>): JobView | null {
  return newest(jobs, (job) => job.startedAt).find((job) => job.asked.kind === 'practice') ?? null
}
