import type { AppErrorData, Client } from '#contract'
import { useCallback, useEffect, useRef, useState } from 'react'
import { toAppError } from '../api/errors'
import { client } from '../api/session'

export interface Answer<T> {
  /** null: not there yet, or it failed. */
  value: T | null
  error: AppErrorData | null
  again(): void
}

/** Something asked of the core once when a part of the page opens, and again when told to. */
export function useAnswer<T>(ask: (core: Client) => Promise<T>): Answer<T> {
  const [held, setHeld] = useState<Omit<Answer<T>, 'again'>>({ value: null, error: null })
  const [round, setRound] = useState(0)
  const first = useRef(ask)
  useEffect(() => {
    let open = true
    Promise.resolve()
      .then(() => first.current(client()))
      .then((value) => open && setHeld({ value, error: null }))
      .catch((thrown: unknown) => open && setHeld({ value: null, error: toAppError(thrown) }))
    return () => {
      open = false
    }
  }, [round])
  const again = useCallback(() => setRound((count) => count + 1), [])
  return { ...held, again }
}
