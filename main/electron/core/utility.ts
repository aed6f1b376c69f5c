import { utilityProcess } from 'electron'
import { DISPOSE_DEADLINE_MS, withDeadline, type StartCore } from './core-host'
import type { CoreArguments, FromCore, ToCore } from './messages'

/** The core in a process of Electron's own: pages get a port that leads straight to it. */
export function utilityCore(entry: string, argument: CoreArguments): StartCore {
  return (take) => {
    const child = utilityProcess.fork(entry, [JSON.stringify(argument)], { serviceName: 'Verl Launchpad core' })
    let lines = 0
    const send = (message: ToCore) => child.postMessage(message)
    child.on('message', (message: FromCore) => take(message, send))
    const ended = new Promise<string>((resolve) => child.once('exit', (code) => resolve(`exit code ${code}`)))
    return {
      ended,
      // Both ends are given away, so a page sees by itself when its line ends: this Chromium tells it.
      connect: (port) => child.postMessage({ kind: 'open', line: (lines += 1) } satisfies ToCore, [port]),
      tell: send,
      async dispose() {
        send({ kind: 'dispose' })
        await withDeadline(ended, DISPOSE_DEADLINE_MS, () => void child.kill())
      },
    }
  }
}
