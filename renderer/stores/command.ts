import type { AppErrorData, Client } from '#contract'
import { useCallback, useLayoutEffect, useRef, useState } from 'react'
import { toAppError } from '../api/errors'
import { client } from '../api/session'

export interface Command<Args extends unknown[]> {
  run(...args: Args): Promise<boolean>
  busy: boolean
  error: AppErrorData | null
  clear(): void
}

/** One request to the core with what a button needs: whether it is under way, and why it failed. */
export function useCommand<Args extends unknown[]>(
  action: (core: Client, ...args: Args) => Promise<unknown>,
): Command<Args> {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<AppErrorData | null>(null)
  const latest = useRef(action)
  useLayoutEffect(() => {
    latest.current = action
  })
  const under = useRef(false)

  const run = useCallback(async (...args: Args) => {
    if (under.current) return false
    under.current = true
    setBusy(true)
    setError(null)
    try {
      await latest.current(client(), ...args)
      return true
    } catch (failure) {
      setError(toAppError(failure))
      return false
    } finally {
      under.current = false
      setBusy(false)
    }
  }, [])
  const clear = useCallback(() => setError(null), [])
  return { run, busy, error, clear }
}
