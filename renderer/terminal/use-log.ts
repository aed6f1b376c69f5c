import { useEffect, useRef, useState, type RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/session'
import { useScheme } from '../app/theme'
import { useProjection } from '../stores/projection'
import { createPump, type Pump, type PumpState } from './pump'
import { createScreen, type Matches, type Screen } from './screen'

export interface LogSource {
  kind: 'runs' | 'jobs'
  id: string
}

export interface LogHandle {
  host: RefObject<HTMLDivElement | null>
  screen: RefObject<Screen | null>
  pump: RefObject<Pump | null>
  state: PumpState | null
  matches: Matches
  atEnd: boolean
}

const frame = () =>
  new Promise<void>((resolve) => {
    // A hidden page gets no frames; the log still has to move on, slowly.
    if (document.hidden) setTimeout(resolve, 250)
    else requestAnimationFrame(() => resolve())
  })

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

function sizeOf({ kind, id }: LogSource): number {
  return useProjection.getState().state?.[kind][id]?.logBytes ?? 0
}

/** Joins a terminal, the pump and the size that the projection reports. */
export function useLog({ kind, id }: LogSource): LogHandle {
  const { t } = useTranslation()
  const scheme = useScheme()
  const host = useRef<HTMLDivElement>(null)
  const screen = useRef<Screen | null>(null)
  const pump = useRef<Pump | null>(null)
  const [state, setState] = useState<PumpState | null>(null)
  const [matches, setMatches] = useState<Matches>({ at: 0, total: 0 })
  const [atEnd, setAtEnd] = useState(true)
  const words = useRef({ label: t('log.label'), skipped: (size: number) => t('log.skipped', { size }) })
  const firstScheme = useRef(scheme)

  useEffect(() => {
    words.current = { label: t('log.label'), skipped: (size) => t('log.skipped', { size }) }
  }, [t])

  useEffect(() => {
    if (host.current === null) return
    const made = createScreen(host.current, firstScheme.current, words.current.label)
    made.onMatches(setMatches)
    made.onAtEnd(setAtEnd)
    const moved = createPump(
      {
        read: (from, max) => client()[kind].readLog({ id, from, max }),
        write: (text) => made.write(text),
        reset: () => made.reset(),
        skipped: (bytes) => void made.write(`\r\n\u001b[7m ${words.current.skipped(bytes)} \u001b[0m\r\n`),
        frame,
        pause,
        changed: setState,
      },
      sizeOf({ kind, id }),
    )
    screen.current = made
    pump.current = moved
    const unsubscribe = useProjection.subscribe(() => moved.grow(sizeOf({ kind, id })))
    return () => {
      unsubscribe()
      moved.dispose()
      made.dispose()
      screen.current = null
      pump.current = null
    }
  }, [kind, id])

  useEffect(() => {
    firstScheme.current = scheme
    screen.current?.paint(scheme)
  }, [scheme])

  return { host, screen, pump, state, matches, atEnd }
}
