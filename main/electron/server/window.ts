import { BrowserWindow, nativeTheme, net, session, type Session } from 'electron'
import { allowServer } from '../security/guard'
import { backgroundColor, smallest } from '../window/state'
import type { AppErrorData } from '#contract'

let windows = 0

/** What a server's page is kept in: cookies of its own, in memory, gone with the window. */
export const serverSession = (): Session => session.fromPartition(`server-${(windows += 1)}`)

/** Trades the token for the session's cookie, here and not in the page: no address and no history ever holds it. */
export function signIn(origin: string, token: string, jar: Session): Promise<AppErrorData | null> {
  const address = origin
  return new Promise((resolve) => {
    const asked = net.request({ method: 'POST', url: `${origin}/session`, session: jar, useSessionCookies: true })
    asked.setHeader('content-type', 'application/json')
    asked.on('response', (response) => {
      response.on('data', () => undefined)
      response.on('end', () => undefined)
      const { statusCode } = response
      if (statusCode === 204) resolve(null)
      else if (statusCode === 401 || statusCode === 403) resolve({ code: 'SERVER_REFUSED', params: { address } })
      else resolve({ code: 'SERVER_UNREACHABLE', params: { address, detail: `status ${statusCode}` } })
    })
    asked.on('error', ({ message }) => resolve({ code: 'SERVER_UNREACHABLE', params: { address, detail: message } }))
    asked.end(JSON.stringify({ token }))
  })
}

/** The same page as a browser gets it: no preload, so nothing of this computer is in its reach. */
export function openServerWindow(origin: string, name: string, jar: Session, icon: string): BrowserWindow {
  const window = new BrowserWindow({
    width: 1240,
    height: 820,
    minWidth: smallest.width,
    minHeight: smallest.height,
    title: `${name} – Verl Launchpad`,
    icon,
    autoHideMenuBar: true,
    backgroundColor: backgroundColor(nativeTheme.shouldUseDarkColors),
    webPreferences: {
      session: jar,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  })
  // Whose page this is, is not for the page to say.
  window.on('page-title-updated', (event) => event.preventDefault())
  allowServer(window.webContents, origin)
  void window.loadURL(`${origin}/`).catch(() => undefined)
  return window
}
