import { describe, expect, test } from 'vitest'
import { PracticePage } from './pages/practice-page'
import { RunsPage } from './pages/runs-page'
import { SettingsPage } from './pages/settings-page'
import { barriers } from './support/accessibility'
import { doors, hasDesktop, openBrowser, openDesktop, withApp, type DesktopApp } from './support/doors'
import { until } from './support/processes'
import { exitOf, runIds, supervisorOf } from './support/run-files'
import { scratch, sharedRoot } from './support/roots'
import { shot } from './support/shots'

/** The first time, the Python environment is built on the way. */
const LONG = 20 * 60_000
/** Different ones, so that each door begins a training of its own instead of going on with the other's. */
const stepsOf = { desktop: 15, browser: 16 }
const reward = 'critic/rewards/mean'

/** Starts practice and comes back when it trains and has drawn something; returns the run. */
async function trainUntilCharts(practice: PracticePage, root: string, steps: number): Promise<string> {
  const before = runIds(root)
  await practice.ready()
  await practice.start(steps)
  await practice.step('environment.create', 'running', 'done', 'kept').waitFor()
  await practice.step('train', 'running').waitFor({ timeout: LONG })
  await practice.log().waitFor()
  await until(() => practice.points(reward).then((points) => points >= 2), 'two points in the chart', 5 * 60_000)
  const made = runIds(root).filter((id) => !before.includes(id))
  expect(made).toHaveLength(1)
  return made[0] ?? ''
}

const logText = (practice: PracticePage) => practice.log().locator('.xterm-rows').innerText()

describe.each(doors)('practice through the $name door', (door) => {
  test('trains while we watch, survives kill -9 of the app, and is found again', { timeout: LONG }, async () => {
    const root = sharedRoot()
    let run = ''
    await withApp(door.open(root), async (app) => {
      const practice = new PracticePage(app.page)
      run = await trainUntilCharts(practice, root, stepsOf[door.name])
      await until(async () => (await logText(practice)).trim().length > 0, 'lines in the log')
      await shot(app.page, `${door.name}-training`)
      const supervisor = supervisorOf(root, run)
      expect(supervisor).toHaveLength(1)
      expect(app.problems).toEqual([])
      await app.kill()
      expect(supervisorOf(root, run)).toEqual(supervisor)
    })

    await withApp(door.open(root), async ({ page, problems }) => {
      const runs = new RunsPage(page)
      await runs.ready()
      await runs.open(run)
      await runs
        .status()
        .getByText(/Training|Running|Finished/i)
        .or(runs.status())
        .first()
        .waitFor()
      await shot(page, `${door.name}-attached`)
      const again = new PracticePage(page)
      await again.go('practice')
      await page.getByTestId('practice-continue').click()
      await again.report().waitFor({ timeout: 5 * 60_000 })
      expect(exitOf(root, run)).toMatchObject({ code: 0 })
      expect(runIds(root).at(-1)).toBe(run)
      expect(await again.points(reward)).toBeGreaterThanOrEqual(stepsOf[door.name])
      await shot(page, `${door.name}-report`)
      const found = await barriers(page)
      await runs.open(run)
      await shot(page, `${door.name}-run`)
      found.push(...(await barriers(page)))
      expect(problems).toEqual([])
      expect(found).toEqual([])
    })
  })
})

/** Answers native questions of the window by itself, and notes what they said. */
async function noteDialogs({ electron }: DesktopApp): Promise<() => Promise<string[]>> {
  await electron.evaluate(({ dialog }) => {
    const said: string[] = []
    Object.assign(globalThis, { said })
    const answer = (...given: unknown[]) => {
      said.push((given.at(-1) as { message: string }).message)
      return Promise.resolve({ response: 0, checkboxChecked: false })
    }
    Object.assign(dialog, { showMessageBox: answer })
  })
  return () => electron.evaluate(() => (globalThis as unknown as { said: string[] }).said)
}

/** Presses the close button twice, and each time brings the window back; returns what the app said about it. */
async function closeTwice(desktop: DesktopApp): Promise<string[]> {
  const { electron } = desktop
  const said = await noteDialogs(desktop)
  const isOpen = () =>
    electron.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().some((window) => window.isVisible() && !window.isMinimized()),
    )
  for (let times = 0; times < 2; times += 1) {
    await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
    await until(async () => !(await isOpen()), 'the window to be put away')
    await electron.evaluate(({ app }) => app.emit('second-instance'))
    await until(isOpen, 'the window to be back')
  }
  return said()
}

describe.skipIf(!hasDesktop)('two doors on one folder', () => {
  test('show the same run, and neither ends it by closing', { timeout: LONG }, async () => {
    const root = sharedRoot()
    let run = ''
    let supervisor: number[] = []
    await withApp(openDesktop(root, ['--user-data-dir', scratch()]), async (desktop) => {
      run = await trainUntilCharts(new PracticePage(desktop.page), root, 30)
      supervisor = supervisorOf(root, run)
      await withApp(openBrowser(root), async ({ page }) => {
        const second = new RunsPage(page)
        await second.ready()
        await second.open(run)

        const settings = new SettingsPage(desktop.page)
        await settings.go('settings')
        await settings.choose('Theme', 'Dark')
        await until(async () => (await new SettingsPage(page).scheme()) === 'dark', 'the other door to follow')
        expect(await closeTwice(desktop)).toEqual(['The work goes on'])

        await desktop.close()
        expect(supervisorOf(root, run)).toEqual(supervisor)
        // What was joined is gone: the server takes the folder over, and its page sees the run go on.
        await second.ready()
        await second.open(run)
        await shot(page, 'browser-took-over')
      })
    })
    expect(supervisorOf(root, run)).toEqual(supervisor)
    await until(() => exitOf(root, run) !== null, 'the training to end by itself', 5 * 60_000)
    expect(exitOf(root, run)).toMatchObject({ code: 0 })
  })
})
