import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** Browsers keep one jar of cookies for all ports of a machine: each server has a name of its own in it. */
const cookieName = (port: number) => `launchpad_session_${port}`
/** Wrong tokens allowed in a minute before every try is refused unread. */
const TRIES_A_MINUTE = 10

/** Who may come in. Pure but for its clock: what it decides from are headers and the tokens it made. */
export interface Guard {
  /** Shown once, in the address that the terminal prints. */
  token: string
  /** null: this is us talking to us. Else why not; guards against other sites and DNS rebinding. */
  refuseOrigin(headers: IncomingHttpHeaders): string | null
  /** The cookie to set for a right token; null for a wrong one, or while there were too many. */
  admit(token: unknown): string | null
  knows(headers: IncomingHttpHeaders): boolean
}

export interface GuardOptions {
  port: () => number
  /** The server speaks TLS: `names` tells whether its certificate is for a host. null: plain HTTP, on this machine alone. */
  tls: { names: (host: string) => boolean } | null
  now?: () => number
}

export function createGuard({ port, tls, now = Date.now }: GuardOptions): Guard {
  const token = randomBytes(24).toString('base64url')
  const session = randomBytes(24).toString('base64url')
  let wrong: number[] = []
  const scheme = tls === null ? 'http' : 'https'
  const attributes = `HttpOnly; SameSite=Strict; Path=/${tls === null ? '' : '; Secure'}`
  return {
    token,
    refuseOrigin({ host, origin }) {
      // Any port: the near end of a tunnel has its own. A name that was rebound to us is still not one of these.
      const name = host === undefined ? null : hostName(host)
      if (name === null || !(isLoopback(name) || tls?.names(name) === true)) return 'host'
      return origin === undefined || origin === `${scheme}://${host}` ? null : 'origin'
    },
    admit(given) {
      wrong = wrong.filter((at) => now() - at < 60_000)
      if (wrong.length >= TRIES_A_MINUTE) return null
      if (typeof given === 'string' && same(given, token)) return `${cookieName(port())}=${session}; ${attributes}`
      wrong.push(now())
      return null
    },
    knows({ cookie }) {
      const value = cookie
        ?.split(';')
        .map((part) => part.trim())
        .find((part) => part.startsWith(`${cookieName(port())}=`))
      return value !== undefined && same(value.slice(cookieName(port()).length + 1), session)
    },
  }
}

/** Compares in constant time, whatever the lengths. */
function same(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** "[::1]:4000" and "localhost:4000" without the port; null: that is no host. */
function hostName(host: string): string | null {
  const found = /^(?:\[([0-9a-f:.]+)\]|([\w.-]+))(?::\d{1,5})?$/i.exec(host)
  return found?.[1] ?? found?.[2] ?? null
}

/** Nothing that is said to these leaves the machine. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)
