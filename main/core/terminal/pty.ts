import { closeSync, constants, openSync } from 'node:fs'
import type { TerminalEnd, TerminalSize } from '#contract'
import { AppError } from '../errors'
import type { ShellChoice } from './shell'

/** A shell in a pseudo-terminal: bytes out, text in. */
export interface Pty {
  pid: number
  write(text: string): void
  resize(size: TerminalSize): void
  /** The child blocks once the kernel's buffer (some KiB) is full. */
  pause(): void
  resume(): void
}

export interface PtyEvents {
  onData(data: Buffer): void
  /** After the last data. */
  onEnd(end: TerminalEnd): void
}

/** Throws SHELL_NOT_STARTED. The native library is loaded only here: without it, the rest still works. */
export async function startPty(shell: ShellChoice, cwd: string, size: TerminalSize, events: PtyEvents): Promise<Pty> {
  try {
    const { spawn } = await import('@lydell/node-pty')
    const pty = spawn(shell.file, shell.args, {
      ...size,
      cwd,
      env: shell.environment,
      name: shell.environment['TERM'] ?? 'xterm',
      // Bytes: what is counted for the flow control is what came, and a character may come in two pieces.
      encoding: null,
    })
    const held = holdOtherEnd(pty)
    let over = false
    // Declared as text, which it is not when there is no encoding.
    pty.onData((data) => events.onData(Buffer.from(data)))
    pty.onExit(({ exitCode, signal }) => {
      over = true
      if (held !== null) closeSync(held)
      const bySignal = signal !== undefined && signal !== 0
      events.onEnd({ code: bySignal ? null : exitCode, signal: bySignal ? signal : null })
    })
    return {
      pid: pty.pid,
      write: (text) => void (over || pty.write(text)),
      resize: ({ cols, rows }) => void (over || pty.resize(cols, rows)),
      pause: () => void (over || pty.pause()),
      resume: () => void (over || pty.resume()),
    }
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown)
    throw new AppError('SHELL_NOT_STARTED', { detail }, thrown)
  }
}

/**
 * When the last one at the other end leaves, libuv drops what it has not read yet (Node 20 to 24 lost up to
 * 13 kB in most runs). Holding that end open leaves node-pty its 200 ms after the exit to read the rest.
 */
function holdOtherEnd(pty: object): number | null {
  if (process.platform !== 'linux' || !('ptsName' in pty) || typeof pty.ptsName !== 'string') return null
  try {
    return openSync(pty.ptsName, constants.O_RDWR | constants.O_NOCTTY)
  } catch {
    return null
  }
}
