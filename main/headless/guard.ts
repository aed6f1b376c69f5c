import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

const COOKIE = 'launchpad_session'
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

export function createGuard(port: () => number, now: () => number = Date.now): Guard {
  const token = randomBytes(24).toString('base64url')
  const session = randomBytes(24).toString('base64url')
  let wrong: number[] = []
  const hosts = () => [`127.0.0.1:${port()}`, `localhost:${port()}`, `[::1]:${port()}`]
  return {
    token,
    refuseOrigin({ host, origin }) {
      if (host === undefined || !hosts().includes(host)) return 'host'
      return origin === undefined || origin === `http://${host}` ? null : 'origin'
    },
    admit(given) {
      wrong = wrong.filter((at) => now() - at < 60_000)
      if (wrong.length >= TRIES_A_MINUTE) return null
      if (typeof given === 'string' && same(given, token))
        return `${COOKIE}=${session}; HttpOnly; SameSite=Strict; Path=/`
      wrong.push(now())
      return null
    },
    knows({ cookie }) {
      const value = cookie
        ?.split(';')
        .map((part) => part.trim())
        .find((part) => part.startsWith(`${COOKIE}=`))
      return value !== undefined && same(value.slice(COOKIE.length + 1), session)
    },
  }
}

/** Compares in constant time, whatever the lengths. */
function same(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}
