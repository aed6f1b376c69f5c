import type { WebSocket } from 'ws'

/**
 * A two-way line of text messages. A MessagePort of the window, a WebSocket of a browser and the line
 * between two processes are all one of these, so the core serves them all in one way.
 */
export interface Channel {
  send(message: string): void
  onMessage(take: (message: string) => void): void
  onClose(take: () => void): void
  close(): void
}

export function webSocketChannel(socket: WebSocket): Channel {
  const early: string[] = []
  return {
    send(message) {
      if (socket.readyState === socket.CONNECTING) {
        if (early.push(message) === 1) socket.once('open', () => early.splice(0).forEach((text) => socket.send(text)))
      } else if (socket.readyState === socket.OPEN) {
        socket.send(message)
      }
    },
    onMessage: (take) => socket.on('message', (data: Buffer) => take(data.toString())),
    onClose(take) {
      socket.on('close', take)
      socket.on('error', () => socket.terminate())
    },
    close: () => socket.terminate(),
  }
}

/** Joins two lines; when one ends, so does the other. */
export function bridge(one: Channel, other: Channel): void {
  one.onMessage((message) => other.send(message))
  other.onMessage((message) => one.send(message))
  one.onClose(() => other.close())
  other.onClose(() => one.close())
}
