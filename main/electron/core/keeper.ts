import type { MessagePortMain } from 'electron'
import { createBackOff } from './back-off'
import type { CoreHost, CoreProcess, StartCore } from './core-host'

interface Waiting {
  port: MessagePortMain
  lost: () => void
}

export interface Keeper extends CoreHost {
  /** Ends the process and starts one in another way, e.g. on another root. */
  restartWith(start: StartCore): Promise<void>
}

/** Keeps a core running: one that ends by itself is started again, and lines asked for meanwhile wait. */
export function keepCore(
  firstStart: StartCore,
  take: Parameters<StartCore>[0],
  sayEnded: (reason: string) => void,
): Keeper {
  const backOff = createBackOff(300, 20_000, 60_000)
  let start = firstStart
  let current: CoreProcess | null = null
  let waiting: Waiting[] = []
  let timer: NodeJS.Timeout | undefined
  let disposed = false

  function run(): void {
    const born = Date.now()
    const core = start(take)
    current = core
    for (const { port, lost } of waiting.splice(0)) core.connect(port, lost)
    void core.ended.then((reason) => {
      // A process that was replaced or told to end is no news.
      if (current !== core) return
      current = null
      sayEnded(reason)
      timer = setTimeout(run, backOff.next(Date.now() - born))
    })
  }
  async function stop(): Promise<void> {
    clearTimeout(timer)
    const core = current
    current = null
    await core?.dispose()
  }
  run()

  return {
    connect(port, lost) {
      if (current !== null) current.connect(port, lost)
      else if (!disposed) waiting.push({ port, lost })
    },
    tell: (message) => current?.tell(message),
    async restartWith(next) {
      start = next
      await stop()
      if (!disposed) run()
    },
    async dispose() {
      disposed = true
      waiting = []
      await stop()
    },
  }
}
