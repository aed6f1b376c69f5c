import { AppError } from '../../errors'
import type { WorkContext } from '../types'

/**
 * Work that several wait for is done once. Each may leave; when all have, it is ended. Progress is told to all.
 */
export function shared<Value>() {
  interface Running {
    result: Promise<Value>
    stop: AbortController
    waiting: Set<WorkContext>
  }
  const running = new Map<string, Running>()

  return async (key: string, context: WorkContext, work: (context: WorkContext) => Promise<Value>): Promise<Value> => {
    if (context.signal.aborted) throw new AppError('CANCELLED')
    const before = running.get(key)
    const entry = before === undefined || before.stop.signal.aborted ? begin(key, work) : before
    entry.waiting.add(context)
    let leave = (): void => undefined
    const left = new Promise<never>((_, failed) => {
      leave = () => {
        entry.waiting.delete(context)
        if (entry.waiting.size === 0) entry.stop.abort()
        failed(new AppError('CANCELLED'))
      }
    })
    context.signal.addEventListener('abort', leave, { once: true })
    try {
      return await Promise.race([entry.result, left])
    } finally {
      context.signal.removeEventListener('abort', leave)
      entry.waiting.delete(context)
    }
  }

  function begin(key: string, work: (context: WorkContext) => Promise<Value>): Running {
    const stop = new AbortController()
    const waiting = new Set<WorkContext>()
    const result = work({
      signal: stop.signal,
      progress: (...how) => {
        for (const one of waiting) one.progress(...how)
      },
    })
    const entry = { result, stop, waiting }
    running.set(key, entry)
    const end = () => {
      if (running.get(key) === entry) running.delete(key)
    }
    result.then(end, end)
    return entry
  }
}
