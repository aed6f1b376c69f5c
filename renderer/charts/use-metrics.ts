import { useEffect, useState } from 'react'
import { client } from '../api/session'
import { useProjection } from '../stores/projection'
import { addPoints, type AllSeries } from './series'

export interface Metrics {
  series: AllSeries
  /** Everything that was there when the screen opened has been read. */
  loaded: boolean
}

const RETRY_MS = 1500

interface Reader {
  grow(): void
  dispose(): void
}

/** Pulls metrics by offset whenever the run says that there are more. */
function createReader(id: string, changed: (metrics: Metrics) => void): Reader {
  let metrics: Metrics = { series: new Map(), loaded: false }
  let next = 0
  let busy = false
  let over = false
  const size = () => useProjection.getState().state?.runs[id]?.metricsBytes ?? 0
  const set = (patch: Partial<Metrics>) => {
    metrics = { ...metrics, ...patch }
    changed(metrics)
  }

  async function pull(): Promise<boolean> {
    const chunk = await client().runs.readMetrics({ id, from: next })
    if (over) return false
    const moved = chunk.next > next
    next = chunk.next
    if (chunk.points.length > 0) set({ series: addPoints(metrics.series, chunk.points) })
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
    if (!over && !metrics.loaded) set({ loaded: true })
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

export function useMetrics(id: string): Metrics {
  const [metrics, setMetrics] = useState<Metrics>({ series: new Map(), loaded: false })
  useEffect(() => {
    const reader = createReader(id, setMetrics)
    const unsubscribe = useProjection.subscribe(() => reader.grow())
    return () => {
      unsubscribe()
      reader.dispose()
    }
  }, [id])
  return metrics
}
