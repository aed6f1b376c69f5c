import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { AppError } from '../../errors'
import type { WorkContext } from '../types'
import type { Work } from '../work'
import type { FromWorker, ToWorker, WorkerSettings } from './messages'

/** How long a call may go on after it was cancelled: a foreign chat template can hold the thread for ever. */
const PATIENCE_MS = 3_000
/** An idle worker keeps its hundred megabytes for so long. */
const IDLE_MS = 300_000

type Input<Name extends keyof Work> = Parameters<Work[Name]>[0]
type Output<Name extends keyof Work> = Awaited<ReturnType<Work[Name]>>

export interface DatasetWorker {
  /** CANCELLED when the signal comes first; DATA_WORKER_DIED when the thread did. */
  call<Name extends keyof Work>(name: Name, input: Input<Name>, context: WorkContext): Promise<Output<Name>>
  dispose(): Promise<void>
}

interface Pending {
  message: Extract<ToWorker, { kind: 'call' }>
  context: WorkContext
  resolve(value: unknown): void
  reject(error: AppError): void
}

/**
 * Reading, counting and tokenizing happen in a thread of their own, so that nothing of it holds up the core. It is
 * started by the first call, ends when nothing was asked for a while, and is replaced when it does not obey.
 */
export function createDatasetWorker(
  settings: WorkerSettings,
  onFault: (detail: string) => void = () => undefined,
): DatasetWorker {
  const pending = new Map<number, Pending>()
  let worker: Worker | null = null
  let next = 1
  let idle: NodeJS.Timeout | null = null

  function take(message: FromWorker): void {
    const call = pending.get(message.id)
    if (call === undefined) return
    if (message.kind === 'progress') return call.context.progress(message.done, message.total, message.unit)
    settle(message.id)
    if (message.kind === 'result') return call.resolve(message.value)
    if (message.error.code === 'INTERNAL') onFault(message.stack)
    call.reject(new AppError(message.error.code, message.error.params))
  }

  function settle(id: number): void {
    pending.delete(id)
    if (pending.size > 0) return
    // An idle worker must not keep a command in a terminal from ending.
    worker?.unref()
    idle = setTimeout(() => void stop(), IDLE_MS)
    idle.unref()
  }

  function start(): Worker {
    const started = new Worker(workerFile(), { workerData: settings })
    started.on('message', take)
    const died = (detail: string) => {
      if (worker !== started) return
      worker = null
      onFault(detail)
      const lost = [...pending.values()]
      pending.clear()
      for (const { reject } of lost) reject(new AppError('DATA_WORKER_DIED', { detail }))
    }
    started.on('error', (error) => died(error instanceof Error ? error.message : String(error)))
    started.on('exit', (code) => died(`exit ${code}`))
    return started
  }

  /**
   * In order: a thread that is torn down while the database works takes the whole process with it (a Napi::Error that
   * nobody can catch, seen with @duckdb/node-api 1.5.5). One that does not end by itself is only left to itself.
   */
  async function stop(): Promise<void> {
    const old = worker
    worker = null
    if (old === null) return
    const ended = new Promise((resolve) => old.once('exit', resolve))
    old.postMessage({ kind: 'stop' } satisfies ToWorker)
    old.unref()
    await Promise.race([ended, after(PATIENCE_MS)])
  }

  /** What was cancelled and goes on all the same holds the thread: the calls beside it begin again in another. */
  function replace(): void {
    const stuck = worker
    worker = null
    stuck?.unref()
    if (pending.size === 0) return void stuck?.terminate()
    onFault('a call did not end; the thread was left to itself')
    worker = start()
    for (const { message } of pending.values()) worker.postMessage(message)
  }

  return {
    call(name, input, context) {
      return new Promise((resolve, reject) => {
        const cancelled = () => new AppError('CANCELLED')
        if (context.signal.aborted) return reject(cancelled())
        if (idle !== null) clearTimeout(idle)
        const id = next++
        const message = { kind: 'call', id, name, input } as const
        const onAbort = () => {
          if (!pending.has(id)) return
          worker?.postMessage({ kind: 'cancel', id } satisfies ToWorker)
          setTimeout(() => {
            if (!pending.has(id)) return
            settle(id)
            reject(cancelled())
            replace()
          }, PATIENCE_MS).unref()
        }
        const done = () => context.signal.removeEventListener('abort', onAbort)
        context.signal.addEventListener('abort', onAbort, { once: true })
        pending.set(id, {
          message,
          context,
          resolve: (value) => (done(), resolve(value as Output<typeof name>)),
          reject: (error) => (done(), reject(error)),
        })
        worker ??= start()
        worker.ref()
        worker.postMessage(message)
      })
    },
    async dispose() {
      if (idle !== null) clearTimeout(idle)
      const lost = [...pending.values()]
      pending.clear()
      for (const { reject } of lost) reject(new AppError('CANCELLED'))
      await stop()
    },
  }
}

const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms).unref())

/** Beside the bundle that this is part of; from source, as tests run it, the built one of the terminal's program. */
function workerFile(): string {
  const beside = fileURLToPath(new URL('./dataset-worker.mjs', import.meta.url))
  if (existsSync(beside)) return beside
  return fileURLToPath(new URL('../../../../dist/node/dataset-worker.mjs', import.meta.url))
}
