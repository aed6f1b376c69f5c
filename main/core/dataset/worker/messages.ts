import type { AppErrorData } from '#contract'

/** What the core says to the worker. Inputs and results are what structured cloning carries. */
export type ToWorker =
  | { kind: 'call'; id: number; name: string; input: unknown }
  | { kind: 'cancel'; id: number }
  /** Ends everything in order, and then the thread. */
  | { kind: 'stop' }

export type FromWorker =
  | { kind: 'progress'; id: number; done: number; total: number | null; unit: 'rows' | 'bytes' | 'items' }
  | { kind: 'result'; id: number; value: unknown }
  | { kind: 'error'; id: number; error: AppErrorData; stack: string }

/** What the worker is started with. */
export interface WorkerSettings {
  resources: string
  /** A folder of ours for copies that are quicker to read; it may be deleted while nothing runs. */
  cache: string
}
