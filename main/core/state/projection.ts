import { setTimeout } from 'node:timers/promises'
import type { Change, Projection, ProjectionEvent } from '#contract'
import { applyChange } from '#contract/apply-change'

/** At most ten change events a second reach a page, however often something changes. */
const COALESCE_MS = 100

export interface ProjectionStore {
  read(): Projection
  apply(change: Change): void
  /** One snapshot, then numbered changes until `signal` ends it. */
  watch(signal?: AbortSignal): AsyncGenerator<ProjectionEvent, void, void>
  /** Ends every watch: what was watched is gone. */
  dispose(): void
}

type Watcher = { pending: Map<string, Change>; wake: () => void }

export function createProjection(initial: Projection): ProjectionStore {
  let state = initial
  const watchers = new Set<Watcher>()
  const closed = new AbortController()

  return {
    read: () => state,
    apply(change) {
      state = applyChange(state, change)
      const key = 'key' in change ? `${change.topic}/${change.key}` : change.topic
      for (const watcher of watchers) {
        watcher.pending.set(key, change) // last wins: a page only ever needs the newest
        watcher.wake()
      }
    },
    dispose: () => closed.abort(),
    async *watch(asked) {
      const signal = asked === undefined ? closed.signal : AbortSignal.any([asked, closed.signal])
      const watcher: Watcher = { pending: new Map(), wake: () => {} }
      watchers.add(watcher)
      const onAbort = () => watcher.wake()
      signal.addEventListener('abort', onAbort)
      try {
        let seq = 0
        yield { kind: 'snapshot', seq, state }
        while (!signal.aborted) {
          if (watcher.pending.size === 0) await new Promise<void>((resolve) => (watcher.wake = resolve))
          await setTimeout(COALESCE_MS, undefined, { signal }).catch(() => {})
          if (signal.aborted || watcher.pending.size === 0) continue
          const changes = [...watcher.pending.values()]
          watcher.pending.clear()
          yield { kind: 'changes', seq: ++seq, changes }
        }
      } finally {
        signal.removeEventListener('abort', onAbort)
        watchers.delete(watcher)
      }
    },
  }
}
