import { execa } from 'execa'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

export interface ProgramOptions {
  /** Program and arguments; never a shell string. */
  argv: [string, ...string[]]
  /** The whole environment of the child, see `childEnvironment`. */
  environment: Record<string, string>
  cwd: string
  signal: AbortSignal
  /** Each line of stdout and stderr, in the order they came. */
  onLine?: (line: string) => void
  /** Each line of file descriptor 3, where our own scripts write what machines read. */
  onEventLine?: (line: string) => void
  /** Told the pid once it runs, so that a later start can end what a crash of ours left behind. */
  onStart?: (pid: number) => void
}

export interface ProgramEnd {
  /** null when a signal or a failed start ended it. */
  code: number | null
  signal: string | null
  /** The last lines it printed, for an error message. */
  tail: string
}

const TAIL_LINES = 15
const GRACE_MS = 1_500

/**
 * Runs a program in a process group of its own, so that ending it ends its children too. Resolves
 * however it ends; rejects only if `signal` was aborted, after the group is gone.
 */
export async function runProgram(options: ProgramOptions): Promise<ProgramEnd> {
  options.signal.throwIfAborted()
  const [file, ...args] = options.argv
  const child = execa(file, args, {
    cwd: options.cwd,
    env: options.environment,
    extendEnv: false,
    detached: true,
    reject: false,
    buffer: false,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const tail: string[] = []
  const take = (line: string) => {
    tail.push(line)
    if (tail.length > TAIL_LINES) tail.shift()
    options.onLine?.(line)
  }
  if (child.pid !== undefined) options.onStart?.(child.pid)
  const stop = () => child.pid !== undefined && endGroup(child.pid)
  options.signal.addEventListener('abort', stop, { once: true })
  try {
    const reading = [
      eachLine(child.stdout, take),
      eachLine(child.stderr, take),
      eachLine(child.stdio[3], (line) => options.onEventLine?.(line)),
    ]
    const result = await child
    await Promise.all(reading)
    options.signal.throwIfAborted()
    if (result.exitCode === undefined && result.signal === undefined)
      tail.push(result.shortMessage ?? 'could not be started')
    return { code: result.exitCode ?? null, signal: result.signal ?? null, tail: tail.join('\n') }
  } finally {
    options.signal.removeEventListener('abort', stop)
  }
}

/** Lines end at \n or \r: a progress bar redraws its line with \r, and each redraw is a line to us. */
async function eachLine(stream: Readable, take: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
    for (const part of line.split('\r')) if (part.trim() !== '') take(part)
  }
}

/** Asks the group to end, then makes it. Safe to call for a group that is already gone. */
export function endGroup(pid: number): void {
  signalGroup(pid, 'SIGTERM')
  setTimeout(() => signalGroup(pid, 'SIGKILL'), GRACE_MS).unref()
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // The group is gone, which is what was wanted.
  }
}
