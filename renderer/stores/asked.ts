import type { AppErrorData, Client } from '#contract'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { toAppError } from '../api/errors'
import { client } from '../api/session'
import { useConnection } from './connection'

export interface Asked<T> {
  /** null: not there yet. The last value stays while the next one is fetched. */
  value: T | null
  error: AppErrorData | null
  busy: boolean
}

interface Held<T> extends Asked<T> {
  key: string | null
}

/** A question to the core, asked anew when `key` changes or the line is back; null asks nothing. */
export function useAsked<T>(key: string | null, ask: (core: Client, signal: AbortSignal) => Promise<T>): Asked<T> {
  const [held, setHeld] = useState<Held<T>>({ key: null, value: null, error: null, busy: false })
  const live = useConnection((store) => store.state === 'live')
  const latest = useRef(ask)
  useLayoutEffect(() => {
    latest.current = ask
  })
  useEffect(() => {
    if (key === null || !live) return
    const leaving = new AbortController()
    const { signal } = leaving
    Promise.resolve()
      .then(() => latest.current(client(), signal))
      .then((value) => signal.aborted || setHeld({ key, value, error: null, busy: false }))
      .catch(
        (thrown: unknown) => signal.aborted || setHeld({ key, value: null, error: toAppError(thrown), busy: false }),
      )
    return () => leaving.abort()
  }, [key, live])
  return { ...held, busy: key !== null && held.key !== key }
}
