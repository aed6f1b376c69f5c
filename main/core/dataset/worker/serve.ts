import type { MessagePort } from 'node:worker_threads'
import { toAppError } from '../../errors'
import type { WorkContext } from '../types'
import type { FromWorker, ToWorker } from './messages'

/** News of one call is told at most this often. */
const NEWS_MS = 100

export type Handlers = Record<string, (input: never, context: WorkContext) => Promise<unknown>>

/** Answers calls that arrive on `port`; several at once, each cancelled by its number. `close` comes after the last. */
export function serveWork(port: MessagePort, handlers: Handlers, close: () => Promise<void>): void {
  const running = new Map<number, { abort: AbortController; done: Promise<void> }>()
  const tell = (message: FromWorker) => port.postMessage(message)

  async function answer(id: number, name: string, input: unknown, abort: AbortController): Promise<void> {
    try {
      const handler = handlers[name]
      if (handler === undefined) throw new Error(`no work is called ${name}`)
      const value = await handler(input as never, { signal: abort.signal, progress: newsOf(id, tell) })
      tell({ kind: 'result', id, value })
    } catch (thrown) {
      const stack = thrown instanceof Error ? (thrown.stack ?? '') : ''
      tell({ kind: 'error', id, error: toAppError(thrown).data, stack })
    } finally {
      running.delete(id)
    }
  }

  async function stop(): Promise<void> {
    const all = [...running.values()]
    for (const { abort } of all) abort.abort()
    await Promise.allSettled(all.map(({ done }) => done))
    await close()
    port.close()
  }

  port.on('message', (message: ToWorker) => {
    if (message.kind === 'stop') return void stop()
    if (message.kind === 'cancel') return running.get(message.id)?.abort.abort()
    const abort = new AbortController()
    const done = answer(message.id, message.name, message.input, abort)
    running.set(message.id, { abort, done })
  })
}

function newsOf(id: number, tell: (message: FromWorker) => void): WorkContext['progress'] {
  let last = 0
  return (done, total, unit) => {
    const now = Date.now()
    if (now - last < NEWS_MS) return
    last = now
    tell({ kind: 'progress', id, done, total, unit })
  }
}
