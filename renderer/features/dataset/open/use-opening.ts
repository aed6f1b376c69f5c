import type { AppErrorData, DataRef, OpenedData } from '#contract'
import { useCallback, useEffect, useState } from 'react'
import { toAppError } from '../../../api/errors'
import { client } from '../../../api/session'
import { useWatched, type Watching } from '../../../stores/watched'
import { keyOf } from '../refs'
import { remember } from '../recent'
import { startWith, useDataset } from '../store'

export interface Opening {
  /** null: not there yet, or it failed. */
  opened: OpenedData | null
  error: AppErrorData | null
  progress: Watching<OpenedData>['progress']
  /** Being counted and copied. */
  preparing: boolean
  /** Counted, and can be sorted and searched. */
  prepared: boolean
  /** The preparing was given up by the person. */
  cancelled: boolean
  cancel(): void
  /** How often it was opened again. */
  round: number
  again(): void
}

const isOpen = (key: string): boolean => {
  const { data } = useDataset.getState()
  return data !== null && keyOf(data) === key
}

/**
 * Opens `data` for all tabs: at once what the files say, then what only reading them says, then how to map it.
 * What is asked for first is what counts; for other data it is another component.
 */
export function useOpening(asked: DataRef): Opening {
  const [data] = useState(asked)
  const key = keyOf(data)
  const [round, setRound] = useState(0)
  const [error, setError] = useState<AppErrorData | null>(null)
  const [ready, setReady] = useState(false)
  const [cancelled, setCancelled] = useState(false)
  useEffect(() => {
    const leaving = new AbortController()
    if (!isOpen(key)) startWith(data)
    async function open() {
      setError(null)
      setReady(false)
      try {
        const opened = await client().dataset.open(data, { signal: leaving.signal })
        if (leaving.signal.aborted) return
        // What was counted before stays until it is counted anew.
        useDataset.setState((before) => ({ opened: { ...opened, rows: opened.rows ?? before.opened?.rows ?? null } }))
        remember({ data, name: opened.name, at: Date.now() })
        setReady(true)
      } catch (thrown) {
        if (!leaving.signal.aborted) setError(toAppError(thrown))
      }
    }
    void open()
    return () => leaving.abort()
  }, [data, key, round])

  const preparing = useWatched(ready && !cancelled ? `${key}/${round}` : null, (core, signal) =>
    core.dataset.prepare(data, { signal }),
  )
  const { value } = preparing
  useEffect(() => {
    if (value !== null && isOpen(key)) useDataset.setState({ opened: value })
  }, [key, value])
  useSuggestion(key, data, ready, value !== null)

  const again = useCallback(() => {
    setCancelled(false)
    setRound((count) => count + 1)
  }, [])
  const cancel = useCallback(() => setCancelled(true), [])
  const opened = useDataset((store) => (store.data !== null && keyOf(store.data) === key ? store.opened : null))
  return {
    opened,
    error: error ?? (cancelled ? null : preparing.error),
    progress: preparing.progress,
    preparing: preparing.busy && !cancelled,
    prepared: value !== null && ready,
    cancelled,
    cancel,
    round,
    again,
  }
}

/** The core's proposal becomes the recipe, unless somebody has one already. Asked again once all rows were seen. */
function useSuggestion(key: string, data: DataRef, ready: boolean, prepared: boolean): void {
  const missing = useDataset((store) => store.suggestion === null)
  useEffect(() => {
    if (!ready || !missing) return
    const leaving = new AbortController()
    client()
      .dataset.suggest(data, { signal: leaving.signal })
      .then((suggestion) => {
        if (leaving.signal.aborted || !isOpen(key)) return
        useDataset.setState(({ recipe, test }) => ({
          suggestion,
          recipe: recipe ?? suggestion.recipe,
          test: test ?? (suggestion.test === null ? null : { ...data, split: suggestion.test }),
        }))
      })
      // The mapping tab then starts from nothing; the rows can be looked at all the same.
      .catch(() => undefined)
    return () => leaving.abort()
  }, [data, key, ready, prepared, missing])
}
