import { AppError } from '../../errors'
import { type Exchange } from './exchange'
import { Failure } from './fetch'
import type { Task } from './task'

export interface WatchLimits {
  /** Without a byte for this long a connection is given up. */
  stallMs: number
  /** So many bytes per second at least, over so long. */
  slowBytesPerSecond: number
  slowMs: number
}

/** Gives up connections that say nothing or next to nothing. Only time that we spent waiting for them counts. */
export function watchExchanges(tasks: Iterable<Task>, limits: WatchLimits, now: number): void {
  for (const task of tasks) {
    for (const { exchange } of task.claims) {
      if (exchange === null) continue
      const silent = exchange.waitingSince === null ? 0 : now - exchange.waitingSince
      const waited = exchange.waited + silent
      if (silent > limits.stallMs) giveUp(task, exchange, silent)
      else if (waited > limits.slowMs) {
        if ((exchange.bytes * 1000) / waited < limits.slowBytesPerSecond) giveUp(task, exchange, silent)
        exchange.waited = -silent
        exchange.bytes = 0
      }
    }
  }
}

function giveUp({ file }: Task, exchange: Exchange, silentMs: number): void {
  const { host } = new URL(exchange.url)
  const error =
    exchange.bytes === 0 && silentMs > 0
      ? new AppError('NETWORK_UNREACHABLE', { address: host, detail: `no answer for ${Math.round(silentMs / 1000)} s` })
      : new AppError('FILE_TOO_SLOW', { file: file.path, host })
  exchange.abort(new Failure(error, 'passing'))
}
