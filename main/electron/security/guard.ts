import {
  app,
  session,
  shell,
  type IpcMainEvent,
  type IpcMainInvokeEvent,
  type Session,
  type WebContents,
} from 'electron'
import {
  decideAsker,
  decideDownload,
  decideNavigation,
  decidePermission,
  decideWindowOpen,
  type Navigation,
} from './policies'

interface Preventable {
  preventDefault(): void
}

/** Windows that show a GPU server's page, by its origin; all others show ours. */
const servers = new WeakMap<WebContents, string>()
const serverOf = (contents: WebContents | null): string | null =>
  contents === null ? null : (servers.get(contents) ?? null)

/** Lets this window show the page of that origin, and nothing else any more. Call before it loads anything. */
export const allowServer = (contents: WebContents, origin: string): void => void servers.set(contents, origin)

/** Holds every page that will ever exist in this app to the policies. Call before the first window. */
export function guardEverything(): void {
  app.on('web-contents-created', (_event, contents) => guard(contents))
  app.on('session-created', guardSession)
  // It may be older than the line above.
  void app.whenReady().then(() => guardSession(session.defaultSession))
}

function guardSession(pages: Session): void {
  pages.setPermissionRequestHandler((contents, permission, answer, { requestingUrl }) =>
    answer(decidePermission(permission, requestingUrl, serverOf(contents))),
  )
  pages.setPermissionCheckHandler((contents, permission, origin) =>
    decidePermission(permission, origin, serverOf(contents)),
  )
  pages.setDevicePermissionHandler(() => false)
  // Electron asks the user where to; anything that is not the page's own is not even asked about.
  pages.on('will-download', (event, item, contents) => {
    if (!decideDownload(item.getURL(), serverOf(contents))) event.preventDefault()
  })
}

function guard(contents: WebContents): void {
  const follow = (event: Preventable, decision: Navigation) => {
    if (decision.go === 'stay') return
    event.preventDefault()
    open(decision)
  }
  contents.on('will-navigate', (event, address) => follow(event, decideNavigation(address, true, serverOf(contents))))
  contents.on('will-redirect', (event, address, _inPlace, isMainFrame) =>
    follow(event, decideNavigation(address, isMainFrame, serverOf(contents))),
  )
  // Does not exist in old Electrons; there the content policy alone keeps frames away.
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame) follow(event, decideNavigation(event.url, false, serverOf(contents)))
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    open(decideWindowOpen(url))
    return { action: 'deny' }
  })
}

function open(decision: Navigation): void {
  // No browser on this system is no reason for a fault of ours.
  if (decision.go === 'outside') shell.openExternal(decision.address).catch(() => undefined)
}

/** Was this message sent by our own page in its main frame? */
export function isTrusted({ senderFrame }: IpcMainEvent | IpcMainInvokeEvent): boolean {
  return decideAsker(
    senderFrame === null ? null : { address: senderFrame.url, isMainFrame: senderFrame.parent === null },
  )
}
