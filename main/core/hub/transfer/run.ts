import type { Digest, FileTransfer } from '#contract'
import type { AppError } from '../../errors'
import type { TransferFile } from '../types'
import type { Backoff } from './backoff'
import { createLander } from './landing'
import { createPauses } from './pauses'
import { viewOf, type Task } from './task'
import type { WatchLimits } from './watch'

export interface Timing extends WatchLimits, Backoff {
  /** Failures in a row, without a byte between them, until a file is given up. */
  tries: number
  /** How often a file under way is told about. */
  tellMs: number
}

export interface TransferRun {
  /** Folder of the parts and their accounts. One run has it at a time: see `lockFolder`. */
  parts: string
  signal: AbortSignal
  /** Asked again all the time. */
  connections: () => number
  onState: (file: FileTransfer) => void
  /** Bytes more on the disk; `fetched` false: found there at the start. Negative: they were wrong. */
  onLanded: (bytes: number, fetched: boolean) => void
  /** Counted up: tries after a failure, and bytes that had been fetched before. */
  counters: { retries: number; againBytes: number }
}

export interface TransferResult {
  path: string
  /** As promised, or as counted where nothing was. null: it failed. */
  digest: Digest | null
  error: AppError | null
}

/** What the pieces of one run share: its files under way, what runs beside the loop, and what is told. */
export function createRun(asked: TransferRun, timing: Timing) {
  const own = new AbortController()
  const tasks = new Set<Task>()
  const results = new Map<TransferFile, TransferResult>()
  const told = new Map<Task, number>()
  const beside = new Set<Promise<void>>()
  let wake = () => {}
  const run = {
    asked,
    timing,
    tasks,
    results,
    pauses: createPauses(timing),
    lander: createLander(),
    /** From outside, or by the first fault beside the loop. */
    signal: AbortSignal.any([asked.signal, own.signal]),
    /** Of one connection, in bytes per second; null: not known yet. */
    rate: null as number | null,
    wake: () => wake(),
    woken: () => new Promise<void>((go) => (wake = go)),
    /** Runs beside the loop; a fault ends the run. */
    beside(work: Promise<void>): void {
      const kept = work
        .catch((thrown: unknown) => own.abort(thrown))
        .finally(() => {
          beside.delete(kept)
          wake()
        })
      beside.add(kept)
    },
    isAlone: () => beside.size === 0,
    async alone(): Promise<void> {
      while (beside.size > 0) await Promise.all(beside)
    },
    tell(task: Task, always: boolean): void {
      const now = Date.now()
      if (!always && now - (told.get(task) ?? 0) < timing.tellMs) return
      told.set(task, now)
      asked.onState(viewOf(task))
    },
    /** The last word about a file. */
    settle(task: Task, state: 'done' | 'failed'): void {
      task.state = state
      const { digest = null, error = null } = task.result ?? {}
      results.set(task.file, { path: task.file.path, digest, error })
      run.tell(task, true)
      tasks.delete(task)
      told.delete(task)
      wake()
    },
    throwIfEnded(): void {
      asked.signal.throwIfAborted()
      own.signal.throwIfAborted()
    },
  }
  return run
}
export type Run = ReturnType<typeof createRun>
