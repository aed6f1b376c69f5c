import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { client } from '../api/session'
import { useProjection } from '../stores/projection'
import { createMetricStore, type MetricStore } from './metric-store'

export interface Metrics {
  id: string
  store: MetricStore
  /** Everything that was there when the screen opened has been read. */
  loaded: boolean
}

const RETRY_MS = 1500

interface Reader {
  grow(): void
  dispose(): void
}

/** Pulls metrics by offset whenever the run says that there are more. */
function createReader(id: string, store: MetricStore, onLoaded: () => void): Reader {
  let next = 0
  let busy = false
  let over = false
  let loaded = false
  const size = () => useProjection.getState().state?.runs[id]?.metricsBytes ?? 0

  async function pull(): Promise<boolean> {
    const chunk = await client().runs.readMetrics({ id, from: next })
    if (over) return false
    const moved = chunk.next > next
    next = chunk.next
    if (chunk.points.length > 0) store.add(chunk.points)
    return moved
  }

  async function work(): Promise<void> {
    if (busy) return
    busy = true
    let more = true
    while (!over && more && next < size()) {
      try {
        // A last line that is still being written is not handed out; the next change of size brings it.
        more = await pull()
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      }
    }
    busy = false
    if (over || loaded) return
    loaded = true
    onLoaded()
  }

  void work()
  return {
    grow: () => {
      if (next < size()) void work()
    },
    dispose: () => {
      over = true
    },
  }
}

/** The metrics of runs, each followed for as long as the component is there. */
export function useMetrics(ids: readonly string[]): Metrics[] {
  const wanted = ids.join('\n')
  const stores = useMemo(
    () =>
      wanted
        .split('\n')
        .filter((id) => id !== '')
        .map((id) => ({ id, store: createMetricStore() })),
    [wanted],
  )
  const [loaded, setLoaded] = useState<readonly MetricStore[]>([])
  useEffect(() => {
    const readers = stores.map(({ id, store }) => createReader(id, store, () => setLoaded((now) => [...now, store])))
    const unsubscribe = useProjection.subscribe(() => readers.forEach((reader) => reader.grow()))
    return () => {
      unsubscribe()
      readers.forEach((reader) => reader.dispose())
    }
  }, [stores])
  return useMemo(() => stores.map((one) => ({ ...one, loaded: loaded.includes(one.store) })), [stores, loaded])
}

/** Draws again with every change of the stores, at most ten times a second; what is out of sight less often. */
export function useVersion(stores: readonly MetricStore[], seen = true): number {
  return useSyncExternalStore(
    useCallback((listener) => listenSlowly(stores, listener, seen ? SEEN_MS : UNSEEN_MS), [stores, seen]),
    () => stores.reduce((sum, store) => sum + store.version(), 0),
  )
}

const SEEN_MS = 100
/** What a screen reader is told of a chart stays true out of sight, too. */
const UNSEEN_MS = 2000

function listenSlowly(stores: readonly MetricStore[], listener: () => void, everyMs: number): () => void {
  let waiting: ReturnType<typeof setTimeout> | null = null
  const heard = () => {
    waiting ??= setTimeout(() => {
      waiting = null
      listener()
    }, everyMs)
  }
  const unsubscribe = stores.map((store) => store.subscribe(heard))
  return () => {
    unsubscribe.forEach((end) => end())
    if (waiting !== null) clearTimeout(waiting)
  }
}
