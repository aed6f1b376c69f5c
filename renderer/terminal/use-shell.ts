import { useEffect, useRef, useState, type RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import type { AppErrorData, TerminalEnd, TerminalEvent } from '#contract'
import { toAppError } from '../api/errors'
import { client } from '../api/session'
import { useScheme } from '../app/theme'
import { createShellScreen, type ShellScreen } from './shell-screen'

export type ShellState =
  | { kind: 'opening' }
  | { kind: 'running' }
  /** The line is down; the shell goes on. */
  | { kind: 'away' }
  | { kind: 'ended'; end: TerminalEnd }
  | { kind: 'taken' }
  | { kind: 'failed'; error: AppErrorData }

const RETRY_MS = 700

/** Sends what was typed in order: one call at a time, and what came meanwhile with the next. */
function createTyping(send: (text: string) => Promise<unknown>): (text: string) => void {
  let waiting = ''
  let busy = false
  const work = async () => {
    if (busy) return
    busy = true
    while (waiting !== '') {
      const data = waiting
      waiting = ''
      // Keys that meet a broken line are lost, as in any terminal.
      await send(data).catch(() => undefined)
    }
    busy = false
  }
  return (text) => {
    waiting += text
    void work()
  }
}

/** The environment's shell that is still open, or a new one. */
async function findOrOpen(environment: string, screen: ShellScreen): Promise<string> {
  const { terminals } = client()
  const open = (await terminals.list()).find((one) => one.environment === environment && one.running)
  return open?.id ?? (await terminals.open({ environment, ...screen.size() })).id
}

/** Joins a shell of the core and a screen for as long as the component is there; the shell stays when it goes. */
export function useShell(
  host: RefObject<HTMLDivElement | null>,
  environment: string,
  name: string,
  onLeave: () => void,
) {
  const { t } = useTranslation()
  const scheme = useScheme()
  const screen = useRef<ShellScreen | null>(null)
  const [id, setId] = useState<string | null>(null)
  const [state, setState] = useState<ShellState>({ kind: 'opening' })
  const first = useRef({ scheme, label: t('shell.label', { name }), onLeave })

  useEffect(() => {
    if (host.current === null) return
    let over = false
    let shell: string | null = null
    let events: AsyncIterator<TerminalEvent> | null = null
    const typing = createTyping((text) => client().terminals.write({ id: shell ?? '', text }))
    const tell = (call: () => Promise<unknown>) =>
      void Promise.resolve()
        .then(call)
        .catch(() => undefined)
    const made = createShellScreen(host.current, first.current.scheme, first.current.label, {
      onInput: (text) => void (shell === null || typing(text)),
      onResize: (size) => {
        const to = shell
        if (to !== null) tell(() => client().terminals.resize({ id: to, ...size }))
      },
      onLeave: first.current.onLeave,
    })
    screen.current = made

    async function show(event: TerminalEvent, to: string): Promise<void> {
      if (event.kind === 'attached') {
        made.reset()
        setState({ kind: 'running' })
        tell(() => client().terminals.resize({ id: to, ...made.size() }))
        await made.write(event.text)
      } else if (event.kind === 'output') {
        await made.write(event.text)
        tell(() => client().terminals.ack({ id: to, bytes: event.bytes }))
      } else {
        setState(event)
      }
    }

    /** Returns when the shell is over for this page; throws when the line is. */
    async function follow(): Promise<void> {
      shell ??= await findOrOpen(environment, made)
      setId(shell)
      const watched = await client().terminals.watch({ id: shell })
      events = watched
      made.focus()
      for await (const event of watched) {
        if (over) return
        await show(event, shell)
        if (event.kind === 'ended' || event.kind === 'taken') return
      }
      throw new Error('the line is down')
    }

    async function keep(): Promise<void> {
      while (!over) {
        try {
          return await follow()
        } catch (thrown) {
          if (over) return
          const error = toAppError(thrown)
          if (error.code !== 'INTERNAL') return setState({ kind: 'failed', error })
          setState({ kind: 'away' })
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
        }
      }
    }
    void keep()
    return () => {
      over = true
      void events?.return?.()
      made.dispose()
      screen.current = null
    }
  }, [host, environment])

  useEffect(() => {
    first.current.scheme = scheme
    screen.current?.paint(scheme)
  }, [scheme])
  return { id, state }
}
