import { BrowserWindow, dialog, nativeTheme, screen } from 'electron'
import { createBackOff } from '../core/back-off'
import { pageAddress } from '../security/policies'
import { fill, type HostWords } from '../words'
import { backgroundColor, placeWindow, smallest, type HostStateStore } from './state'

export interface WindowDeps {
  preload: string
  icon: string
  state: HostStateStore
  words: () => HostWords
  /** The close button was pressed; true: the window is not to close. */
  onClose: (window: BrowserWindow) => boolean
  quit: () => void
}

/** Crashes in a row, each within half a minute of the one before, after which reloading is not tried unasked. */
const CRASHES_IN_A_ROW = 4

export function openWindow({ preload, icon, state, words, onClose, quit }: WindowDeps): BrowserWindow {
  const { bounds, maximized } = state.read()
  const main = screen.getPrimaryDisplay()
  const screens = [main, ...screen.getAllDisplays().filter(({ id }) => id !== main.id)].map(({ workArea }) => workArea)
  const window = new BrowserWindow({
    ...placeWindow(bounds, screens),
    minWidth: smallest.width,
    minHeight: smallest.height,
    show: false,
    title: 'Verl Launchpad',
    icon,
    autoHideMenuBar: true,
    backgroundColor: backgroundColor(nativeTheme.shouldUseDarkColors),
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      // Nothing here is prose, and Chromium would fetch dictionaries from the net for it.
      spellcheck: false,
    },
  })
  window.once('ready-to-show', () => {
    if (maximized) window.maximize()
    window.show()
  })
  const remember = () => {
    if (!window.isMinimized()) state.update({ bounds: window.getNormalBounds(), maximized: window.isMaximized() })
  }
  window.on('close', (event) => {
    remember()
    if (onClose(window)) event.preventDefault()
  })
  const onTheme = () => window.setBackgroundColor(backgroundColor(nativeTheme.shouldUseDarkColors))
  nativeTheme.on('updated', onTheme)
  window.on('closed', () => nativeTheme.removeListener('updated', onTheme))
  reloadAfterCrash(window, words, quit)
  void window.loadURL(pageAddress)
  return window
}

/** A page that died is loaded again; what it showed comes from the core. */
function reloadAfterCrash(window: BrowserWindow, words: () => HostWords, quit: () => void): void {
  const backOff = createBackOff(200, 5_000, 30_000)
  let born = Date.now()
  let inARow = 0
  const reload = () => {
    born = Date.now()
    if (!window.isDestroyed()) window.reload()
  }
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return
    const lived = Date.now() - born
    inARow = lived > 30_000 ? 1 : inARow + 1
    const delay = backOff.next(lived)
    if (inARow <= CRASHES_IN_A_ROW) {
      setTimeout(reload, delay)
      return
    }
    const { crashedTitle, crashedText, tryAgain, quit: leave } = words()
    const question = {
      type: 'error' as const,
      message: crashedTitle,
      detail: fill(crashedText, { reason }),
      buttons: [tryAgain, leave],
      defaultId: 0,
      cancelId: 0,
    }
    void dialog.showMessageBox(window, question).then(({ response }) => (response === 1 ? quit() : reload()))
  })
}

/** The page of a run: only what stands behind the "#" changes, so nothing is loaded anew. */
export function showRun(window: BrowserWindow, id: string): void {
  const address = `${pageAddress}#/runs/${encodeURIComponent(id)}`
  if (window.webContents.getURL() !== address) void window.loadURL(address)
}

/** Brings the window to the eye, wherever it was. */
export function showWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}
