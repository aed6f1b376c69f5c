import type { Client } from '#contract'

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
