import {
  app,
  dialog,
  ipcMain,
  nativeTheme,
  type BrowserWindow,
  type MessageBoxOptions,
  type OpenDialogOptions,
} from 'electron'
import { join } from 'node:path'
import type { AppErrorData } from '#contract'
import type { StartCore } from './core/core-host'
import { externalCore } from './core/external'
import { findNode } from './core/find-node'
import { keepCore, type Keeper } from './core/keeper'
import { introducePages } from './core/lines'
import { openKeychain } from './core/keychain'
import type { FromCore, News, ToCore, TrainingNews } from './core/messages'
import { utilityCore } from './core/utility'
import { taskbarProgress } from './desktop/decide'
import { createPresence } from './desktop/presence'
import type { HostOptions } from './options'
import { servePage } from './page/scheme'
import { isTrusted } from './security/guard'
import { serveServers } from './server/ipc'
import { createServers } from './server/servers'
import { decideClosing } from './window/closing'
import { setMenu } from './window/menu'
import { openHostState } from './window/state'
import { createTray, type TrayIcon } from './window/tray'
import { openWindow, showRun, showWindow } from './window/window'
import { fill, hostWords, resolveLanguage, sayError, sayNotice, type HostWords } from './words'

declare const LAUNCHPAD_VERSION: string

const files = (() => {
  const home = app.getAppPath()
  // Python reads our scripts and the trays read our icons: neither can look into the packed archive.
  const resources = app.isPackaged ? join(process.resourcesPath, 'launchpad') : join(home, 'resources')
  return {
    resources,
    // Beside the archive as well: it starts threads, and loads native libraries, which want real files.
    core: join(app.isPackaged ? `${home}.unpacked` : home, 'dist', 'electron', 'core.mjs'),
    preload: join(home, 'dist', 'electron', 'preload.cjs'),
    page: join(home, 'dist', 'renderer'),
    icon: join(resources, 'icons', 'icon.png'),
    tray: join(resources, 'icons', 'tray.png'),
  }
})()

/** How the core's process is started here; null where nothing on this machine can run it. */
function starterFor(root: string | null, keychain: boolean): StartCore | null {
  const argument = { root, resources: files.resources, version: LAUNCHPAD_VERSION, keychain }
  if (Number(process.versions.node.split('.')[0]) >= 20) return utilityCore(files.core, argument)
  const node = findNode()
  return node === null ? null : externalCore(node, files.core, argument)
}

/** Everything between "ready" and the end of the app. */
export async function startHost(options: HostOptions): Promise<void> {
  const state = openHostState(join(app.getPath('userData'), 'window.json'))
  nativeTheme.themeSource = state.read().theme
  const language = () => resolveLanguage(state.read().language, app.getLocale())
  const words = (): HostWords => hostWords(language())
  let news: News | null = null
  let window: BrowserWindow | null = null
  let quitting = false

  const keychain = openKeychain(join(app.getPath('userData'), 'secrets.json'))
  const start = starterFor(options.root, keychain !== null)
  if (start === null) throw new Error(words().noNode)
  await servePage(files.page)

  function take(message: FromCore, answer: (message: ToCore) => void): void {
    if (message.kind === 'secret' && keychain !== null) answer(keychain.answer(message))
    if (message.kind === 'news') onNews(message.news)
    if (message.kind === 'trouble') void onTrouble(message.error)
    if (message.kind === 'refused') void say(words().notDone, message.error)
  }
  const core = keepCore(start, take, (reason) => console.error(`The core ended (${reason}); it is started again.`))
  introducePages(core)

  function onNews(next: News): void {
    news = next
    const { theme, language: chosen } = state.read()
    if (theme !== next.theme || chosen !== next.language) state.update({ theme: next.theme, language: next.language })
    if (nativeTheme.themeSource !== next.theme) nativeTheme.themeSource = next.theme
    if (chosen !== next.language) setMenu(words())
    tray?.update(words(), next.trainings)
    window?.setProgressBar(taskbarProgress(next.trainings))
    presence.update(next)
  }

  let asking = false
  async function onTrouble(error: AppErrorData): Promise<void> {
    if (asking || quitting) return
    asking = true
    const choice = await askAboutRoot(error)
    asking = false
    if (choice === 'quit') app.quit()
    else if (choice !== 'wait')
      await core.restartWith(starterFor(choice.root, keychain !== null) ?? (start as StartCore))
  }
  async function askAboutRoot(error: AppErrorData): Promise<'quit' | 'wait' | { root: string }> {
    const { rootTitle, rootText, wait, otherFolder, quit, pickRoot } = words()
    const detail = `${sayError(language(), error)}\n\n${rootText}`
    const { response } = await ask({
      type: 'warning',
      message: rootTitle,
      detail,
      buttons: [wait, otherFolder, quit],
      defaultId: 0,
      cancelId: 0,
    })
    if (response === 2) return 'quit'
    const root = response === 1 ? await pick(pickRoot) : null
    return root === null ? 'wait' : { root }
  }
  const say = (message: string, error: AppErrorData) =>
    ask({ type: 'warning', message, detail: sayError(language(), error), buttons: [words().understood] })
  async function stop({ id, name }: TrainingNews, mode: 'checkpoint' | 'staged'): Promise<void> {
    const { stopAsk, stopNowText, stopAtCheckpointText, doStop, keepOn } = words()
    const { response } = await ask({
      type: 'question',
      message: fill(stopAsk, { name }),
      detail: mode === 'checkpoint' ? stopAtCheckpointText : stopNowText,
      buttons: [doStop, keepOn],
      defaultId: 1,
      cancelId: 1,
    })
    if (response === 0) core.tell({ kind: 'stop', run: id, mode })
  }
  const ask = (box: MessageBoxOptions) =>
    window === null ? dialog.showMessageBox(box) : dialog.showMessageBox(window, box)

  async function pickAny(asked: OpenDialogOptions): Promise<string[]> {
    const { filePaths } = await (window === null ? dialog.showOpenDialog(asked) : dialog.showOpenDialog(window, asked))
    return filePaths
  }
  const pick = async (title: string): Promise<string | null> =>
    (await pickAny({ title, properties: ['openDirectory', 'createDirectory'] }))[0] ?? null
  ipcMain.handle('launchpad:pick-folder', (event) => (isTrusted(event) ? pick(words().pickFolder) : null))
  ipcMain.handle('launchpad:pick-files', (event) =>
    isTrusted(event) ? pickAny({ title: words().pickFiles, properties: ['openFile', 'multiSelections'] }) : [],
  )

  const servers = createServers({
    file: join(app.getPath('userData'), 'servers.json'),
    icon: files.icon,
    keychain,
    closed: () => void (quitting || show()),
  })
  serveServers(servers)

  /** true: the window stays. */
  function onClose(closing: BrowserWindow): boolean {
    const working = news !== null && news.jobs + news.trainings.length > 0
    const facts = {
      quitting,
      platform: process.platform,
      working,
      hasTray: tray !== null,
      told: state.read().toldAboutClosing,
    }
    const { what, say } = decideClosing(facts)
    if (what === 'close') return false
    if (what === 'hide') closing.hide()
    else closing.minimize()
    if (say !== null) {
      state.update({ toldAboutClosing: true })
      // Without a parent: that one was just put away.
      const { stillThere, understood, [say]: detail } = words()
      void dialog.showMessageBox({ type: 'info', message: stillThere, detail, buttons: [understood] })
    }
    return true
  }

  function show(): void {
    if (window !== null) return showWindow(window)
    window = openWindow({ preload: files.preload, icon: files.icon, state, words, onClose, quit: () => app.quit() })
    window.on('closed', () => (window = null))
    window.setProgressBar(taskbarProgress(news?.trainings ?? []))
  }
  function openRun(id: string): void {
    show()
    if (window !== null) showRun(window, id)
  }

  const quit = () => app.quit()
  const actions = { open: show, openRun, stop: (...asked: Parameters<typeof stop>) => void stop(...asked), quit }
  const tray: TrayIcon | null = createTray(files.tray, actions)
  const presence = createPresence({
    icon: files.icon,
    sentence: (notice) => sayNotice(language(), notice),
    open: openRun,
  })
  tray?.update(words(), [])
  setMenu(words())
  app.on('second-instance', show)
  app.on('activate', show)
  app.on('window-all-closed', () => app.quit())
  endInOrder(core, () => {
    quitting = true
    servers.dispose()
    window?.hide()
    tray?.dispose()
    presence.dispose()
  })
  show()
}

/** Electron would be gone before the core had put its work down; so quitting waits for it, but not for ever. */
function endInOrder(core: Keeper, begin: () => void): void {
  let ending = false
  app.on('before-quit', (event) => {
    event.preventDefault()
    if (ending) return
    ending = true
    begin()
    void core.dispose().finally(() => app.exit(0))
  })
}
