import type { MessagePortMain } from 'electron'
import { spawn } from 'node:child_process'
import { DISPOSE_DEADLINE_MS, withDeadline, type StartCore } from './core-host'
import type { CoreArguments, FromCore, ToCore } from './messages'

interface Line {
  port: MessagePortMain
  lost: () => void
}

/**
 * The core in a Node of this machine, for an Electron whose own Node is too old for it. No port can be
 * handed to a foreign program, so the text of every line passes through here.
 */
export function externalCore(node: string, entry: string, argument: CoreArguments): StartCore {
  return (take) => {
    const env = { ...process.env }
    delete env['ELECTRON_RUN_AS_NODE']
    const child = spawn(node, [entry, JSON.stringify(argument)], {
      env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const lines = new Map<number, Line>()
    let count = 0
    const send = (message: ToCore) => void (child.connected && child.send(message, () => undefined))

    function end(id: number): void {
      const line = lines.get(id)
      if (line === undefined) return
      lines.delete(id)
      line.port.close()
      line.lost()
    }

    child.on('message', (message) => {
      const told = message as FromCore
      if (told.kind === 'data') lines.get(told.line)?.port.postMessage(told.text)
      else if (told.kind === 'close') end(told.line)
      else take(told, send)
    })
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message))
      child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code ?? '?'}` : signal))
    })
    void ended.then(() => [...lines.keys()].forEach(end))

    return {
      ended,
      connect(port, lost) {
        const id = (count += 1)
        lines.set(id, { port, lost })
        send({ kind: 'open', line: id })
        port.on('message', ({ data }: { data: unknown }) => {
          if (typeof data === 'string') send({ kind: 'data', line: id, text: data })
        })
        port.on('close', () => {
          if (lines.delete(id)) send({ kind: 'close', line: id })
        })
        port.start()
      },
      tell: send,
      async dispose() {
        send({ kind: 'dispose' })
        await withDeadline(ended, DISPOSE_DEADLINE_MS, () => void child.kill('SIGKILL'))
      },
    }
  }
}
