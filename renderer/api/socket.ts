import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import type { Client } from '#contract'
import { Refused, type Connect } from './connection'

/** Swaps the token in the address for a cookie that scripts cannot read, then takes it out of the address. */
async function exchangeToken(): Promise<'accepted' | 'refused' | 'none'> {
  const token = new URLSearchParams(location.hash.slice(1)).get('token')
  if (token === null) return 'none'
  const answer = await fetch('./session', {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  })
  const refused = answer.status === 401 || answer.status === 403
  if (!answer.ok && !refused) throw new Error(`session: ${answer.status}`)
  history.replaceState(null, '', location.pathname + location.search)
  return refused ? 'refused' : 'accepted'
}

function opened(socket: WebSocket): Promise<boolean> {
  return new Promise((resolve) => {
    socket.addEventListener('open', () => resolve(true), { once: true })
    socket.addEventListener('close', () => resolve(false), { once: true })
  })
}

/** A refused upgrade and a dead server look the same to a WebSocket; plain HTTP tells them apart. */
async function serverAnswers(): Promise<boolean> {
  try {
    await fetch('./', { method: 'HEAD', cache: 'no-store' })
    return true
  } catch {
    return false
  }
}

export function createSocketConnect(): Connect {
  let refusals = 0
  return async () => {
    // A bookmark with an old token is no harm while the cookie of this browser still holds, so the socket decides.
    const token = await exchangeToken()
    const address = new URL('./rpc', location.href)
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
    address.hash = ''
    const socket = new WebSocket(address)
    if (!(await opened(socket))) {
      refusals = (await serverAnswers()) ? refusals + 1 : 0
      // Twice in a row: a server that is just starting may answer HTTP a moment before it takes sockets.
      if (refusals >= 2 || (refusals === 1 && token === 'refused')) throw new Refused('socket')
      throw new Error('the socket did not open')
    }
    refusals = 0
    const closed = new Promise<void>((resolve) => {
      socket.addEventListener('close', () => resolve(), { once: true })
    })
    const client: Client = createORPCClient(new RPCLink({ websocket: socket }))
    return { client, closed, close: () => socket.close() }
  }
}
