/** Every decision about what the window may do, as functions of data. The wiring is in guard.ts. */

export const pageScheme = 'app'
const pageHost = 'launchpad'
export const pageAddress = `${pageScheme}://${pageHost}/`

function parse(address: string): URL | null {
  try {
    return new URL(address)
  } catch {
    return null
  }
}

/** Is this a part of our own page? Compared by the parsed parts: a prefix test would let look-alikes pass. */
export function isOurPage(address: string): boolean {
  const url = parse(address)
  if (url === null) return false
  return url.protocol === `${pageScheme}:` && url.host === pageHost && url.username === '' && url.password === ''
}

/**
 * Is this a part of the page that this window is for? `server`: the origin of a GPU server, exactly; null: our own.
 * A window of a server may show nothing of ours, and ours nothing of a server.
 */
export function isPageOf(server: string | null, address: string): boolean {
  if (server === null) return isOurPage(address)
  const url = parse(address)
  return url !== null && url.origin === server && url.username === '' && url.password === ''
}

/**
 * What may be handed to the system's browser, as the parser understood it; null for everything else.
 * Only the web: any other scheme can start a program of this machine.
 */
export function externalAddress(address: string): string | null {
  const url = parse(address)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null
  // Credentials in an address are there to mislead the eye.
  if (url.username !== '' || url.password !== '') return null
  return url.href
}

export type Navigation = { go: 'stay' } | { go: 'nowhere' } | { go: 'outside'; address: string }

/** A page that wants to go somewhere: within itself, to the system's browser, or not at all. */
export function decideNavigation(address: string, isMainFrame: boolean, server: string | null = null): Navigation {
  if (isPageOf(server, address)) return { go: 'stay' }
  const external = isMainFrame ? externalAddress(address) : null
  return external === null ? { go: 'nowhere' } : { go: 'outside', address: external }
}

/** Only the host opens windows. Whatever asks for another gets the system's browser or nothing. */
export function decideWindowOpen(address: string): Navigation {
  const external = externalAddress(address)
  return external === null ? { go: 'nowhere' } : { go: 'outside', address: external }
}

/** What the page may use of the browser's own powers. Anything not named here is refused. */
const permissions: ReadonlyMap<string, string> = new Map([
  ['clipboard-sanitized-write', 'the copy buttons of the log and of paths'],
])

export const decidePermission = (permission: string, askedBy: string, server: string | null = null): boolean =>
  permissions.has(permission) && isPageOf(server, askedBy)

export interface Asker {
  address: string
  isMainFrame: boolean
}

/** May this frame have a line to the core, or a native dialog? null: the frame is gone already. */
export const decideAsker = (asker: Asker | null): boolean =>
  asker !== null && asker.isMainFrame && isOurPage(asker.address)

/** What may be saved: a file the page made itself (an exported plan or report), never one from somewhere else. */
export function decideDownload(address: string, server: string | null = null): boolean {
  return address.startsWith('blob:') && isPageOf(server, address.slice('blob:'.length))
}
