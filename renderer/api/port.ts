import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import type { Client } from '#contract'
import { desktop } from './desktop'
import type { Connect, Connection } from './connection'

/** How long the host may take to start the core and hand its port over. */
const PORT_PATIENCE_MS = 30_000

function connectionOver(port: MessagePort, replaced: Promise<void>): Connection {
  port.start()
  const gone = new Promise<void>((resolve) => {
    // Older Chromium has no close event on ports; there a new port says that the old one is dead.
    port.addEventListener('close', () => resolve(), { once: true })
  })
  const client: Client = createORPCClient(new RPCLink({ port }))
  // Calls still under way on a replaced port would wait for ever; the link ends them when its port says "close".
  void replaced.then(() => port.dispatchEvent(new Event('close')))
  return { client, closed: Promise.race([gone, replaced]), close: () => port.close() }
}

/** The desktop door: every `launchpad:port` message is a fresh line to the core and ends the one before. */
export function createPortConnect(): Connect {
  let waiting: ((port: MessagePort) => void) | null = null
  let spare: MessagePort | null = null
  let retire: () => void = () => undefined

  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    const data = event.data
    if (event.source !== window || typeof data !== 'object' || data === null) return
    if (!('type' in data) || data.type !== 'launchpad:port') return
    const port = event.ports[0]
    if (port === undefined) return
    retire()
    if (waiting === null) spare = port
    else waiting(port)
  })

  const nextPort = () =>
    new Promise<MessagePort>((resolve, reject) => {
      if (spare !== null) {
        const port = spare
        spare = null
        resolve(port)
        return
      }
      const timer = setTimeout(() => {
        waiting = null
        reject(new Error('no port from the host'))
      }, PORT_PATIENCE_MS)
      waiting = (port) => {
        clearTimeout(timer)
        waiting = null
        resolve(port)
      }
      desktop()?.connect()
    })

  return async () => {
    const port = await nextPort()
    const replaced = new Promise<void>((resolve) => {
      retire = resolve
    })
    return connectionOver(port, replaced)
  }
}
