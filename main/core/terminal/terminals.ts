import { accessSync, constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { EnvironmentView, TerminalEnd, TerminalEvent, TerminalSize, TerminalView } from '#contract'
import { AppError } from '../errors'
import { stampedId } from '../state/id'
import { createOutput, type Output } from './output'
import { startPty, type Pty } from './pty'
import { endSession } from './session'
import { chooseShell } from './shell'

export interface TerminalsDeps {
  /** Where a shell starts: the data folder. */
  root: string
  resources: string
  environment(id: string): EnvironmentView | undefined
  /** The whole environment of a program inside it. */
  variables(view: EnvironmentView): Record<string, string> | Promise<Record<string, string>>
}

/**
 * Shells inside environments. One lives until it ends by itself, is closed, or the core is disposed; a page
 * that goes away leaves it running, so that a reload finds it again. Where the core is killed, the system
 * closes the pseudo-terminal and hangs the shell up.
 */
export interface Terminals {
  list(): TerminalView[]
  /** Errors: NOT_FOUND, NOT_AN_ENVIRONMENT, SHELL_NOT_STARTED. */
  open(request: TerminalSize & { environment: string }): Promise<{ id: string }>
  watch(id: string, signal?: AbortSignal): AsyncGenerator<TerminalEvent, void, void>
  write(id: string, text: string): void
  ack(id: string, bytes: number): void
  resize(id: string, size: TerminalSize): void
  /** Resolves when everything started in it is gone. Nothing happens for one that is. */
  close(id: string): Promise<void>
  dispose(): Promise<void>
}

interface Terminal {
  environment: string
  pty: Pty
  output: Output
  end: TerminalEnd | null
}

export function createTerminals(deps: TerminalsDeps): Terminals {
  const terminals = new Map<string, Terminal>()
  const closed = new AbortController()

  function find(id: string): Terminal {
    const terminal = terminals.get(id)
    if (terminal === undefined) throw new AppError('NOT_FOUND', { what: 'terminal', id })
    return terminal
  }

  async function shellFor(id: string) {
    const view = deps.environment(id)
    if (view === undefined) throw new AppError('NOT_FOUND', { what: 'environment', id })
    await access(view.program, constants.X_OK).catch((thrown: Error) => {
      throw new AppError('NOT_AN_ENVIRONMENT', { path: view.path, detail: thrown.message })
    })
    const variables = await deps.variables(view)
    const fallbacks = ['/bin/bash', '/bin/sh'].filter(isProgram)
    // A shell that was named and is not there: node-pty would only say so by ending at once.
    const { SHELL: wanted = '', ...others } = variables
    const usable = isProgram(wanted) ? variables : others
    const shell = chooseShell(usable, { bin: dirname(view.program), resources: deps.resources, fallbacks })
    if (shell === null) throw new AppError('SHELL_NOT_STARTED', { detail: 'no bash, zsh, fish or sh was found' })
    return shell
  }

  async function* follow(id: string, terminal: Terminal, signal: AbortSignal) {
    try {
      yield* terminal.output.watch(signal)
    } finally {
      if (terminal.end !== null && !terminal.output.watched()) terminals.delete(id)
    }
  }

  async function close(id: string): Promise<void> {
    const terminal = terminals.get(id)
    if (terminal === undefined) return
    // What waits to be drawn is not worth waiting for, and a paused one would never be read to its end.
    terminal.output.ack(Number.POSITIVE_INFINITY)
    if (terminal.end === null) await endSession(terminal.pty.pid)
    terminals.delete(id)
  }

  return {
    list: () => [...terminals].map(([id, { environment, end }]) => ({ id, environment, running: end === null })),
    async open({ environment, cols, rows }) {
      if (closed.signal.aborted) throw new AppError('CANCELLED')
      const shell = await shellFor(environment)
      const id = `terminal-${stampedId()}`
      const output = createOutput({
        pause: () => terminals.get(id)?.pty.pause(),
        resume: () => terminals.get(id)?.pty.resume(),
      })
      const onEnd = (end: TerminalEnd) => {
        const ended = terminals.get(id)
        if (ended !== undefined) ended.end = end
        output.end(end)
        // Nobody looks: nobody would ever close it.
        if (!output.watched()) terminals.delete(id)
      }
      const pty = await startPty(shell, deps.root, { cols, rows }, { onData: output.take, onEnd })
      terminals.set(id, { environment, pty, output, end: null })
      return { id }
    },
    watch: (id, asked) =>
      follow(id, find(id), asked === undefined ? closed.signal : AbortSignal.any([asked, closed.signal])),
    write: (id, text) => find(id).pty.write(text),
    ack: (id, bytes) => find(id).output.ack(bytes),
    resize: (id, size) => find(id).pty.resize(size),
    close,
    async dispose() {
      closed.abort()
      await Promise.all([...terminals.keys()].map(close))
    },
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return file !== ''
  } catch {
    return false
  }
}
