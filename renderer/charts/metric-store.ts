import type { MetricPoint } from '#contract'
import { createSeries, type Series } from './series'

/** All metrics of one run. It changes in place: a day of training is a million points, too many to copy for each step. */
export interface MetricStore {
  series(key: string): Series | undefined
  /** The same list as before until a metric appears for the first time. */
  keys(): readonly string[]
  add(points: readonly MetricPoint[]): void
  subscribe(listener: () => void): () => void
  /** Rises with every change. */
  version(): number
}

export function createMetricStore(): MetricStore {
  const all = new Map<string, Series>()
  const listeners = new Set<() => void>()
  let keys: readonly string[] = []
  let version = 0
  return {
    series: (key) => all.get(key),
    keys: () => keys,
    add(points) {
      for (const { step, data } of points) {
        for (const [key, value] of Object.entries(data)) {
          if (!Number.isFinite(value)) continue
          const series = all.get(key) ?? createSeries()
          all.set(key, series)
          series.put(step, value)
        }
      }
      if (all.size !== keys.length) keys = [...all.keys()]
      version += 1
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    version: () => version,
  }
}
