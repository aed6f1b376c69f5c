import type { IPty } from '@lydell/node-pty'
import { closeSync, constants, openSync, writeSync } from 'node:fs'
import type { TerminalEnd, TerminalSize } from '#contract'
import { AppError, errnoOf } from '../errors'
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
    const inside = pty as IPty & Inside
    const held = holdOtherEnd(inside)
    const writer = createWriter(inside)
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
      write: (text) => void (over || writer(text)),
      resize: ({ cols, rows }) => void (over || pty.resize(cols, rows)),
      pause: () => void (over || pty.pause()),
      resume: () => void (over || pty.resume()),
    }
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown)
    throw new AppError('SHELL_NOT_STARTED', { detail }, thrown)
  }
}

/** What node-pty's types do not tell of its class for Unix. */
interface Inside {
  fd?: number
  ptsName?: string
  _socket?: { destroyed: boolean }
}

const RETRY_MS = 5

/**
 * node-pty writes through libuv, which waits, holding up this whole process, until the program in the terminal
 * reads: a long paste into one that does not read would never end. The file itself does not wait (O_NONBLOCK),
 * so it is written as far as it takes, and the rest a little later. Synchronous, so that its number cannot be
 * another file's by then.
 */
function createWriter(pty: IPty & Inside): (text: string) => void {
  const { fd, _socket: socket } = pty
  if (fd === undefined || socket === undefined) return (text) => pty.write(text)
  let waiting = Buffer.alloc(0)
  let timer: NodeJS.Timeout | null = null
  function flush(): void {
    timer = null
    try {
      while (waiting.length > 0 && !socket?.destroyed) waiting = waiting.subarray(writeSync(fd ?? -1, waiting))
    } catch (thrown) {
      // Nobody is at the other end any more, or nobody reads just now.
      if (errnoOf(thrown) !== 'EAGAIN') waiting = Buffer.alloc(0)
      else timer = setTimeout(flush, RETRY_MS)
    }
  }
  return (text) => {
    waiting = Buffer.concat([waiting, Buffer.from(text)])
    if (timer === null) flush()
  }
}

/**
 * When the last one at the other end leaves, libuv drops what it has not read yet (Node 20 to 24 lost up to
 * 13 kB in most runs). Holding that end open leaves node-pty its 200 ms after the exit to read the rest.
 */
function holdOtherEnd({ ptsName }: Inside): number | null {
  if (process.platform !== 'linux' || ptsName === undefined) return null
  try {
    return openSync(ptsName, constants.O_RDWR | constants.O_NOCTTY)
  } catch {
    return null
  }
}
