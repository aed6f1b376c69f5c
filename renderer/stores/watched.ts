import type { AppErrorData, Client, Watched } from '#contract'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { toAppError } from '../api/errors'
import { client } from '../api/session'

export interface Watching<T> {
  /** null: not there yet. The last value stays while a new one is made. */
  value: T | null
  /** null: nothing is under way. */
  progress: Omit<Extract<Watched<T>, { kind: 'progress' }>, 'kind'> | null
  busy: boolean
  error: AppErrorData | null
}

/** A question to the core that takes a while, asked anew when `key` changes; null asks nothing. Leaving cancels it. */
export function useWatched<T>(
  key: string | null,
  ask: (core: Client, signal: AbortSignal) => Promise<AsyncIterable<Watched<T>>>,
): Watching<T> {
  const [held, setHeld] = useState<Watching<T>>({ value: null, progress: null, busy: false, error: null })
  const latest = useRef(ask)
  useLayoutEffect(() => {
    latest.current = ask
  })
  useEffect(() => {
    if (key === null) return
    const leaving = new AbortController()
    const show = (part: Partial<Watching<T>>) => {
      if (!leaving.signal.aborted) setHeld((before) => ({ ...before, ...part }))
    }
    async function listen() {
      show({ busy: true, error: null, progress: null })
      try {
        for await (const news of await latest.current(client(), leaving.signal)) {
          if (news.kind === 'result') show({ value: news.value })
          else show({ progress: { done: news.done, total: news.total, unit: news.unit } })
        }
      } catch (thrown) {
        show({ error: toAppError(thrown), value: null })
      }
      show({ busy: false, progress: null })
    }
    void listen()
    return () => leaving.abort()
  }, [key])
  // What was left says nothing any more, so it cannot take its own progress back.
  return key === null ? { ...held, busy: false, progress: null } : held
}
