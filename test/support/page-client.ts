import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import { request as httpsRequest } from 'node:https'
import { WebSocket } from 'ws'
import type { Client } from '#contract'
import type { Server } from '#headless'

/** A browser's session at a server of ours: its cookie, and the line to the core. */
export async function enterByToken(server: Pick<Server, 'address'>) {
  const { origin, host, hash } = new URL(server.address)
  const answer = await fetch(`${origin}/session`, {
    method: 'POST',
    body: JSON.stringify({ token: hash.replace('#token=', '') }),
    headers: { origin },
  })
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
  const dial = async () => {
    const socket = new WebSocket(`ws://${host}/rpc`, { headers: { cookie }, origin })
    await new Promise((done, failed) => (socket.once('open', done), socket.once('error', failed)))
    return socket
  }
  const socket = await dial()
  const client: Client = createORPCClient(new RPCLink({ websocket: socket as unknown as globalThis.WebSocket }))
  return { origin, cookie, client, dial, leave: () => socket.close() }
}

export interface Answered {
  status: number
  headers: Record<string, string | string[] | undefined>
}

/** One request over TLS that trusts this certificate alone, and says which name it means. */
export const askTls = (
  port: number,
  ca: Buffer,
  { host, path, origin, body }: { host: string; path: string; origin?: string; body?: string },
): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const asked = httpsRequest(
      {
        ...{
          host: '127.0.0.1',
          port,
          path,
          ca,
          servername: 'gpu.example',
          method: body === undefined ? 'GET' : 'POST',
        },
        headers: { host, ...(origin !== undefined && { origin }) },
      },
      (response) => {
        response.resume()
        resolve({ status: response.statusCode ?? 0, headers: response.headers })
      },
    )
    asked.once('error', reject)
    asked.end(body)
  })
