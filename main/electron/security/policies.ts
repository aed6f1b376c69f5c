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
export function decideNavigation(address: string, isMainFrame: boolean): Navigation {
  if (isOurPage(address)) return { go: 'stay' }
  const external = isMainFrame ? externalAddress(address) : null
  return external === null ? { go: 'nowhere' } : { go: 'outside', address: external }
}

/** We have one window. Whatever asks for another gets the system's browser or nothing. */
export function decideWindowOpen(address: string): Navigation {
  const external = externalAddress(address)
  return external === null ? { go: 'nowhere' } : { go: 'outside', address: external }
}

/** What the page may use of the browser's own powers. Anything not named here is refused. */
const permissions: ReadonlyMap<string, string> = new Map([
  ['clipboard-sanitized-write', 'the copy buttons of the log and of paths'],
])

export const decidePermission = (permission: string, askedBy: string): boolean =>
  permissions.has(permission) && isOurPage(askedBy)

export interface Asker {
  address: string
  isMainFrame: boolean
}

/** May this frame have a line to the core, or a native dialog? null: the frame is gone already. */
export const decideAsker = (asker: Asker | null): boolean =>
  asker !== null && asker.isMainFrame && isOurPage(asker.address)

/** What may be saved: a file the page made itself (an exported plan or report), never one from somewhere else. */
export function decideDownload(address: string): boolean {
  return address.startsWith('blob:') && isOurPage(address.slice('blob:'.length))
}
