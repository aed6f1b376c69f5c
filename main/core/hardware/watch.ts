import { execa } from 'execa'
import { createInterface } from 'node:readline'
import type { GpuUse } from '#contract'

const FIELDS = ['index', 'count', 'utilization.gpu', 'memory.free', 'memory.total', 'temperature.gpu', 'power.draw']
const MIB = 1024 * 1024

export interface GpuWatch {
  /** One event a second, the same for all who listen; ends when the driver stops telling, or `signal` says so. */
  watch(signal?: AbortSignal): AsyncGenerator<GpuUse, void, void>
  dispose(): void
}

interface Listener {
  newest: GpuUse | null
  ended: boolean
  wake: () => void
}

const sample = (program: string) =>
  execa(program, [`--query-gpu=${FIELDS.join(',')}`, '--format=csv,noheader,nounits', '--loop=1'], {
    reject: false,
    buffer: false,
    stdin: 'ignore',
    env: { LC_ALL: 'C' },
  })

/**
 * One `nvidia-smi --loop=1` while somebody listens: starting it anew each second would wake the driver each time
 * where persistence mode is off.
 */
export function createGpuWatch(program = 'nvidia-smi'): GpuWatch {
  const listeners = new Set<Listener>()
  let sampler: ReturnType<typeof sample> | null = null

  function tell(change: (listener: Listener) => void): void {
    for (const listener of listeners) {
      change(listener)
      listener.wake()
    }
  }

  function start(): void {
    const child = sample(program)
    const collect = createCollector()
    sampler = child
    createInterface({ input: child.stdout }).on('line', (line) => {
      const use = collect(line)
      if (use !== null) tell((listener) => (listener.newest = use))
    })
    void child.then(() => {
      // A sampler that was let go of may end after the next one began.
      if (sampler !== child) return
      sampler = null
      tell((listener) => (listener.ended = true))
    })
  }

  function stop(): void {
    const child = sampler
    sampler = null
    child?.kill('SIGKILL')
  }

  return {
    async *watch(signal) {
      const listener: Listener = { newest: null, ended: signal?.aborted ?? false, wake: () => {} }
      const onAbort = () => {
        listener.ended = true
        listener.wake()
      }
      signal?.addEventListener('abort', onAbort)
      listeners.add(listener)
      if (sampler === null && !listener.ended) start()
      try {
        while (!listener.ended || listener.newest !== null) {
          const use = listener.newest
          listener.newest = null
          if (use !== null) yield use
          else await new Promise<void>((resolve) => (listener.wake = resolve))
        }
      } finally {
        signal?.removeEventListener('abort', onAbort)
        listeners.delete(listener)
        if (listeners.size === 0) stop()
      }
    },
    dispose() {
      stop()
      tell((listener) => (listener.ended = true))
    },
  }
}

/** Puts the lines of one second together: each has its card's index and how many there are. */
export function createCollector(now: () => number = Date.now): (line: string) => GpuUse | null {
  let gpus: GpuUse['gpus'] = []
  return (line) => {
    const [index, count, utilization, free, total, temperature, power] = line.split(',').map((field) => numberOf(field))
    if (index == null || count == null || free == null || total == null) return null
    // A card that fell out in between leaves a second incomplete; the next one starts over.
    if (index <= (gpus.at(-1)?.index ?? -1)) gpus = []
    gpus.push({
      index,
      utilization: utilization ?? null,
      // As in the report: what is not free, the driver's own share with it.
      memoryUsedBytes: (total - free) * MIB,
      memoryTotalBytes: total * MIB,
      temperatureC: temperature ?? null,
      powerWatts: power ?? null,
    })
    if (gpus.length < count) return null
    const use = { at: now(), gpus }
    gpus = []
    return use
  }
}

const numberOf = (field: string): number | null => (/^\s*\d+(?:\.\d+)?\s*$/.test(field) ? Number(field) : null)
