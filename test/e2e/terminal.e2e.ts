import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { AppPage } from './pages/app-page'
import { barriers } from './support/accessibility'
import { hasDesktop, openBrowser, openDesktop, withApp, type OpenApp } from './support/doors'
import { aliveMatching, until } from './support/processes'
import { freshRoot, guideDone } from './support/roots'
import { shot } from './support/shots'
import { sealEnvironment } from '../support/sealed-environment'

/** A data folder with a small real environment. */
async function rootWithEnvironment(theme: 'light' | 'dark'): Promise<string> {
  const root = freshRoot({ ...guideDone, theme, language: 'en' })
  await sealEnvironment(root)
  return root
}

class ShellPage {
  constructor(readonly page: Page) {}
  readonly button = () => this.page.getByRole('button', { name: 'Terminal in practice-cpu' })
  readonly shell = (state: string) => this.page.locator(`[data-testid="shell"][data-state="${state}"]`)
  readonly rows = () => this.page.locator('.xterm-rows')

  async open(): Promise<void> {
    const app = new AppPage(this.page)
    await app.ready()
    await app.go('environments')
    await this.button().click()
    await this.shell('running').waitFor()
  }
  async type(line: string): Promise<void> {
    await this.page.keyboard.type(line)
    await this.page.keyboard.press('Enter')
  }
  async shows(text: string): Promise<void> {
    await until(async () => ((await this.rows().textContent()) ?? '').includes(text), `"${text}" in the terminal`)
  }
}

const doors: { name: string; open(root: string): Promise<OpenApp> }[] = [
  ...(hasDesktop ? [{ name: 'desktop', open: (root: string) => openDesktop(root) }] : []),
  { name: 'browser', open: (root) => openBrowser(root, ['--shell']) },
]
const looks = doors.flatMap((door) => (['light', 'dark'] as const).map((theme) => ({ door, theme, name: door.name })))

describe.each(looks)('a terminal through the $name door, in the $theme theme', ({ door, theme }) => {
  test('runs the Python of the environment, outlives a reload, and ends with the app', async () => {
    const root = await rootWithEnvironment(theme)
    await withApp(door.open(root), async ({ page, problems, close }) => {
      const shell = new ShellPage(page)
      await shell.open()
      await shell.type('python -c "import sys; print(6*7, sys.prefix == sys.base_prefix)"')
      await shell.shows('42 False')
      await shell.type("ls --color=always / | head -n 4; printf '\\e[31m红色\\e[0m \\e[32m绿色\\e[0m\\n'")
      await shell.shows('红色 绿色')
      expect(await barriers(page)).toEqual([])
      await shot(page, `${door.name}-${theme}-terminal`)

      await page.reload()
      await shell.open()
      await shot(page, `${door.name}-${theme}-terminal-again`)
      await shell.shows('42 False')
      await shell.type('echo again $((40+4))')
      await shell.shows('again 44')
      const marker = `600.${process.pid}`
      await shell.type(`sleep ${marker} &`)
      await until(() => aliveMatching(`sleep ${marker}`).length > 0, 'the child')
      expect(problems).toEqual([])
      await close()
      await until(() => aliveMatching(`sleep ${marker}`).length === 0, 'the child to end with the app')
    })
  })

  test('says how it ended, and starts anew', async () => {
    await withApp(door.open(await rootWithEnvironment(theme)), async ({ page }) => {
      const shell = new ShellPage(page)
      await shell.open()
      await shell.type('exit 3')
      await page.getByText('The shell ended with code 3.').waitFor()
      await shot(page, `${door.name}-${theme}-terminal-ended`)
      await page.getByRole('button', { name: 'New terminal' }).click()
      await shell.shell('running').waitFor()
      await shell.type('echo new $((1+1))')
      await shell.shows('new 2')
      await page.keyboard.press('Control+F6')
      await page.keyboard.press('Enter')
      await shell.shell('running').waitFor({ state: 'detached' })
    })
  })
})

test('a browser that was not given a shell has no button for one', async () => {
  await withApp(openBrowser(await rootWithEnvironment('light')), async ({ page }) => {
    const app = new AppPage(page)
    await app.ready()
    await app.go('environments')
    await page.getByRole('heading', { name: 'practice-cpu' }).waitFor()
    await page.waitForTimeout(500)
    expect(await new ShellPage(page).button().count()).toBe(0)
  })
})
