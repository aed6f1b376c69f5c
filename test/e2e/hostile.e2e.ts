import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { createProjection } from '../../main/core/state/projection'
import { openRuns } from '../../main/core/train/runs'
import { emptyProjection } from '../support/empty-projection'
import { AppPage } from './pages/app-page'
import { RunsPage } from './pages/runs-page'
import { openBrowser, withApp } from './support/doors'
import { freshRoot, guideDone, home } from './support/roots'
import { shot } from './support/shots'

/** What datasets, logs and names may hold: were any of it run, `window.owned` would be there. */
const html =
  '<img src=x onerror="window.owned=1"><script>window.owned=1</script><a href="javascript:window.owned=1">x</a>'
const tex = '$\\href{javascript:window.owned=1}{x} \\htmlData{a=b}{y}$'

const unharmed = async (page: Page) => {
  expect(await page.evaluate(() => 'owned' in window)).toBe(false)
  expect(await page.locator('img[onerror], a[href^="javascript"], main script').count()).toBe(0)
}

test('HTML and scripts in a dataset stay text', async () => {
  const root = freshRoot({ ...guideDone, language: 'en' })
  const file = join(root, 'evil.jsonl')
  const row = { question: `row 1 ${html} ${tex}`, answer: '#### 1', [html]: html }
  writeFileSync(file, Array.from({ length: 20 }, () => JSON.stringify(row)).join('\n'))
  await withApp(openBrowser(root), async ({ page }) => {
    const app = new AppPage(page)
    await app.ready()
    await app.go('data')
    await page.getByRole('textbox', { name: 'Path of a file or a folder' }).fill(file)
    await page.keyboard.press('Enter')
    await page.getByRole('gridcell', { name: /row 1/ }).first().click()
    await page.getByText('onerror', { exact: false }).first().waitFor()
    await page.waitForTimeout(500)
    await unharmed(page)
    await shot(page, 'hostile-data')
  })
})

const ESC = '\\x1b'
/** The clipboard (OSC 52), the title (OSC 0, 2), links (OSC 8), questions to the terminal, and HTML. */
const escapes = [
  `${ESC}]52;c;b3duZWQ=\\x07`,
  `${ESC}]0;owned title\\x07${ESC}]2;owned title\\x07`,
  `${ESC}]8;;javascript:window.owned=1${ESC}\\\\click me${ESC}]8;;${ESC}\\\\`,
  `${ESC}]8;;file:///etc/passwd${ESC}\\\\and me${ESC}]8;;${ESC}\\\\`,
  `${ESC}[6n${ESC}[c${ESC}P$qm${ESC}\\\\${ESC}[21t`,
].join('')

test('a log and a name of a run cannot reach the clipboard, the title, or the page', async () => {
  const root = freshRoot({ ...guideDone, language: 'en' })
  const folder = join(root, 'runs')
  mkdirSync(folder, { recursive: true })
  const program = join(root, 'evil.py')
  writeFileSync(program, `print("${escapes}")\nprint("""${html}""")\nprint("the end")\n`)
  const name = `${html}`.slice(0, 80)
  const runs = await openRuns({
    folder,
    resources: join(home, 'resources'),
    projection: createProjection(emptyProjection()),
  })
  const argv = ['python3', program]
  const id = await runs.start({
    ...{ python: 'python3', argv: () => argv, name, trainer: 'command', metrics: 'console' },
    ...{ plannedSteps: null, env: () => ({}), options: {}, digests: {} },
    request: {
      ...{ name, environment: null, restarts: 0, cluster: null },
      work: { kind: 'command', argv, cwd: null, env: {}, steps: null },
    },
  })
  runs.dispose()
  await withApp(openBrowser(root), async ({ page }) => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.evaluate(() => navigator.clipboard.writeText('mine'))
    const app = new RunsPage(page)
    await app.ready()
    await app.open(id)
    await page.getByText('the end').first().waitFor()
    for (const label of ['click me', 'and me']) {
      const link = page.getByText(label, { exact: false }).first()
      if (await link.isVisible()) await link.click({ force: true, modifiers: ['Control'] })
    }
    await page.waitForTimeout(500)
    await unharmed(page)
    expect(await page.title()).not.toContain('owned title')
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('mine')
    expect(page.context().pages()).toHaveLength(1)
    await shot(page, 'hostile-log')
  })
})
