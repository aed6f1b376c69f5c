import type { Client } from '#contract'
import { desktop } from './desktop'

/** One open connection to the core. */
export interface Connection {
  readonly client: Client
  /** Settles when the other side is gone. */
  readonly closed: Promise<void>
  close(): void
}

/** The core is there and does not know us: the address lacks the token, or the token is an old one. */
export class Refused extends Error {}

export type Connect = () => Promise<Connection>

export async function createConnect(): Promise<Connect> {
  if (desktop() !== null) {
    const { createPortConnect } = await import('./port')
    return createPortConnect()
  }
  const { createSocketConnect } = await import('./socket')
  return createSocketConnect()
}
