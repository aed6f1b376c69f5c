import { useEffect, useMemo, useRef, useState, type RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/session'
import { useScheme } from '../app/theme'
import { useProjection } from '../stores/projection'
import { usePlace } from './place'
import { createPump, type Pump, type PumpState } from './pump'
import { createScreen, type Matches, type Screen } from './screen'

export interface LogSource {
  kind: 'runs' | 'jobs'
  id: string
}

/** What the buttons of a log do. */
interface LogActions {
  find: Screen['find']
  text(): string
  toEnd(): void
  fromStart(): void
  nextPart(): void
  follow(): void
}

export interface LogHandle {
  state: PumpState | null
  matches: Matches
  atEnd: boolean
  actions: LogActions
}

const frame = () =>
  new Promise<void>((resolve) => {
    // A hidden page gets no frames; the log still has to move on, slowly.
    if (document.hidden) setTimeout(resolve, 250)
    else requestAnimationFrame(() => resolve())
  })

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

const SHOW_EVERY_MS = 200

/** The numbers around the log change with every chunk; a few times a second is as often as they can be read. */
function seldom<T>(show: (value: T) => void): { show(value: T): void; cancel(): void } {
  let timer: ReturnType<typeof setTimeout> | null = null
  let latest: T
  return {
    show: (value) => {
      latest = value
      timer ??= setTimeout(() => {
        timer = null
        show(latest)
      }, SHOW_EVERY_MS)
    },
    cancel: () => {
      if (timer !== null) clearTimeout(timer)
    },
  }
}

function sizeOf({ kind, id }: LogSource): number {
  return useProjection.getState().state?.[kind][id]?.logBytes ?? 0
}

/** Joins a terminal, the pump and the size that the projection reports. */
export function useLog(host: RefObject<HTMLDivElement | null>, { kind, id }: LogSource): LogHandle {
  const { t } = useTranslation()
  const scheme = useScheme()
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
    const shown = seldom(setState)
    const moved = createPump(
      {
        read: (from, max) => client()[kind].readLog({ id, from, max }),
        write: (text) => made.write(text),
        reset: () => made.reset(),
        skipped: (bytes) => void made.write(`\r\n\u001b[7m ${words.current.skipped(bytes)} \u001b[0m\r\n`),
        frame,
        pause,
        changed: shown.show,
      },
      sizeOf({ kind, id }),
    )
    screen.current = made
    pump.current = moved
    const unsubscribe = useProjection.subscribe(() => moved.grow(sizeOf({ kind, id })))
    return () => {
      unsubscribe()
      moved.dispose()
      shown.cancel()
      made.dispose()
      screen.current = null
      pump.current = null
    }
  }, [host, kind, id])

  useEffect(() => {
    firstScheme.current = scheme
    screen.current?.paint(scheme)
  }, [scheme])

  const place = usePlace((state) => (state.place?.id === id ? state.place : null))
  useEffect(() => {
    if (place === null) return
    host.current?.scrollIntoView({ block: 'center' })
    void pump.current?.show(place.offset).then((shown) => {
      if (shown) screen.current?.find(place.text, 'next')
      if (shown) usePlace.setState({ place: null })
    })
  }, [host, place])

  const actions = useMemo<LogActions>(
    () => ({
      find: (text, direction) => screen.current?.find(text, direction),
      text: () => screen.current?.text() ?? '',
      toEnd: () => screen.current?.toEnd(),
      fromStart: () => pump.current?.fromStart(),
      nextPart: () => pump.current?.nextPart(),
      follow: () => pump.current?.follow(),
    }),
    [],
  )
  return { state, matches, atEnd, actions }
}
