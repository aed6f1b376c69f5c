import { app, session, shell, type IpcMainEvent, type IpcMainInvokeEvent, type WebContents } from 'electron'
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

/** Holds every page that will ever exist in this app to the policies. Call before the first window. */
export function guardEverything(): void {
  app.on('web-contents-created', (_event, contents) => guard(contents))
  void app.whenReady().then(() => {
    const { defaultSession } = session
    defaultSession.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) =>
      answer(decidePermission(permission, requestingUrl)),
    )
    defaultSession.setPermissionCheckHandler((_contents, permission, origin) => decidePermission(permission, origin))
    defaultSession.setDevicePermissionHandler(() => false)
    // Electron asks the user where to; anything that is not the page's own is not even asked about.
    defaultSession.on('will-download', (event, item) => {
      if (!decideDownload(item.getURL())) event.preventDefault()
    })
  })
}

function guard(contents: WebContents): void {
  const follow = (event: Preventable, decision: Navigation) => {
    if (decision.go === 'stay') return
    event.preventDefault()
    open(decision)
  }
  contents.on('will-navigate', (event, address) => follow(event, decideNavigation(address, true)))
  contents.on('will-redirect', (event, address, _inPlace, isMainFrame) =>
    follow(event, decideNavigation(address, isMainFrame)),
  )
  // Does not exist in old Electrons; there the content policy alone keeps frames away.
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame) follow(event, decideNavigation(event.url, false))
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
