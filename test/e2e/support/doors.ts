import { _electron, chromium, type Browser, type ElectronApplication, type Page } from 'playwright-core'
import { collectProblems } from './problems'
import { isRunning, killApp } from './processes'
import { home, scratch } from './roots'
import { startServer, type Server } from './server'

/** An open app, whichever door it was opened by. */
export interface OpenApp {
  page: Page
  problems: string[]
  pid: number
  /** In order, as its user would. */
  close(): Promise<void>
  /** kill -9 for every process of the app; trainings are not the app. */
  kill(): Promise<void>
}

export interface Door {
  name: 'desktop' | 'browser'
  open(root: string): Promise<OpenApp>
}

export interface DesktopApp extends OpenApp {
  electron: ElectronApplication
}

const electronProgram = process.env['LAUNCHPAD_E2E_ELECTRON'] ?? ''
export const hasDesktop = electronProgram !== ''

/** `packed`: a packed app, which is its own program; else the built one, in the tests' Electron. */
export async function openDesktop(root: string, more: string[] = [], packed?: string): Promise<DesktopApp> {
  const electron = await _electron.launch({
    executablePath: packed ?? electronProgram,
    // Only for tests, which may run as root in a container.
    args: [...(packed === undefined ? [home] : []), '--no-sandbox', '--root', root, '--lang=en-US', ...more],
    // A locale that is really there: without one, Chromium takes seconds over a folder with a Chinese name.
    env: { ...environment(), LC_ALL: 'C.UTF-8', LANGUAGE: 'en' },
  })
  const page = await electron.firstWindow()
  const pid = electron.process().pid ?? 0
  return {
    electron,
    page,
    pid,
    problems: collectProblems(page),
    close: () => electron.close(),
    async kill() {
      const gone = new Promise<void>((resolve) => electron.process().once('exit', () => resolve()))
      await killApp(pid)
      await gone
    },
  }
}

const environment = (): Record<string, string> =>
  Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined))

const browserArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env['LAUNCHPAD_E2E_CHROMIUM'] ?? '',
    args: browserArgs,
    env: { ...environment(), HOME: scratch() },
  })

export const openBrowser = async (root: string, more: string[] = []): Promise<OpenApp> =>
  openServer(await startServer(root, more))

/** A browser on a server. */
export async function openServer(server: Server): Promise<OpenApp> {
  const browser = await startBrowser()
  const context = await browser.newContext({ viewport: { width: 1240, height: 820 }, locale: 'en-US' })
  const page = await context.newPage()
  const problems = collectProblems(page)
  await page.goto(server.address)
  const pid = server.process.pid ?? 0
  return {
    page,
    problems,
    pid,
    async close() {
      await browser.close()
      await server.stop()
    },
    async kill() {
      await killApp(pid)
      await browser.close()
    },
  }
}

/** The same tests through both: what a user sees must not depend on the door. */
export const doors: Door[] = [
  ...(hasDesktop ? [{ name: 'desktop' as const, open: (root: string) => openDesktop(root) }] : []),
  { name: 'browser', open: (root: string) => openBrowser(root) },
]

/** Opens, hands it to the test, and never leaves it open: not after a failure, nor after the test has killed it. */
export async function withApp<App extends OpenApp>(
  opening: Promise<App>,
  test: (app: App) => Promise<void>,
): Promise<void> {
  const app = await opening
  try {
    await test(app)
  } catch (thrown) {
    await app.kill().catch(() => undefined)
    throw thrown
  }
  if (isRunning(app.pid)) await app.close()
}
