import type { Client } from '#contract'
import { useConnection } from '../stores/connection'
import { useProjection } from '../stores/projection'
import { Refused, type Connection } from './connection'
import { createConnect } from './transport'

const FIRST_DELAY_MS = 200
const LONGEST_DELAY_MS = 5_000

let current: Connection | null = null

/** The live client. Commands and pulls go through here; there is none while the connection is down. */
export function client(): Client {
  if (current === null) throw new Error('not connected')
  return current.client
}

const pause = (ms: number) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms)
    // The network coming back or the window being looked at again is worth an immediate try.
    function done() {
      clearTimeout(timer)
      window.removeEventListener('online', done)
      window.removeEventListener('focus', done)
      resolve()
    }
    window.addEventListener('online', done)
    window.addEventListener('focus', done)
  })

/** Follows the core until the stream ends; returns whether a snapshot ever arrived. */
async function follow(connection: Connection): Promise<boolean> {
  let seen = false
  const gone = connection.closed.then(() => 'gone' as const)
  const events = await Promise.race([connection.client.watch(), gone])
  if (events === 'gone') return seen
  for (;;) {
    const next = await Promise.race([events.next(), gone])
    if (next === 'gone' || next.done === true) return seen
    if (!useProjection.getState().apply(next.value)) {
      // A change is missing: what we hold can no longer be trusted, so ask for everything again.
      await events.return?.()
      return seen
    }
    if (!seen) {
      seen = true
      useConnection.getState().set('live')
    }
  }
}

async function once(connect: () => Promise<Connection>): Promise<boolean> {
  const connection = await connect()
  current = connection
  try {
    return await follow(connection)
  } finally {
    current = null
    connection.close()
  }
}

/** Keeps the page connected for as long as it is open. */
export async function keepConnected(): Promise<void> {
  const connect = await createConnect()
  let delay = FIRST_DELAY_MS
  for (;;) {
    try {
      if (await once(connect)) delay = FIRST_DELAY_MS
    } catch (error) {
      if (error instanceof Refused) {
        useConnection.getState().set('refused')
        // Pasting the printed address into this tab changes only the fragment, which loads nothing by itself.
        window.addEventListener('hashchange', () => location.reload(), { once: true })
        return
      }
    }
    const known = useProjection.getState().state !== null
    useConnection.getState().set(known ? 'reconnecting' : 'connecting')
    await pause(delay)
    delay = Math.min(delay * 2, LONGEST_DELAY_MS)
  }
}
