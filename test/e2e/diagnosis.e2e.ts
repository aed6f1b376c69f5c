import { expect, test } from 'vitest'
import { RunsPage } from './pages/runs-page'
import { openBrowser, withApp } from './support/doors'
import { MICRO, startDying } from './support/dying-run'
import { freshRoot, guideDone } from './support/roots'
import { shot } from './support/shots'

test('a run that died says of what, with the line that proves it and what to press', async () => {
  const root = freshRoot({ ...guideDone, language: 'en' })
  const run = await startDying(root)
  await withApp(openBrowser(root), async ({ page }) => {
    const app = new RunsPage(page)
    await app.ready()
    await app.open(run)
    const verdict = page.getByTestId('verdict')
    await verdict.waitFor()
    expect(await verdict.getAttribute('data-signature')).toBe('cuda-oom')
    await verdict.getByText('torch.OutOfMemoryError', { exact: false }).waitFor()
    await verdict.getByText(MICRO).waitFor()
    await verdict.getByRole('button', { name: 'Apply and try again' }).first().waitFor()
    // What it did before, and the very place in the log.
    expect(await verdict.getByRole('row').last().getByRole('cell').allTextContents()).toContain('22')
    await shot(page, 'run-verdict')
    await verdict
      .getByRole('button', { name: /Show line/ })
      .first()
      .click()
    const log = page.getByTestId('run-log')
    await log.getByText('CUDA out of memory', { exact: false }).first().waitFor()
    await shot(page, 'run-verdict-line')
    await app.go('runs')
    await app.row(run).getByText('out of memory', { exact: false }).waitFor()
    await shot(page, 'run-verdict-list')
  })
})

test('any log is judged, and the manual is searched, in the language of the page', async () => {
  const root = freshRoot({ ...guideDone, language: 'zh-CN', theme: 'dark' })
  await withApp(openBrowser(root), async ({ page }) => {
    await new RunsPage(page).ready()
    await page.goto(`${new URL(page.url()).origin}/#/diagnosis`)
    await page
      .getByRole('textbox', { name: '日志' })
      .fill("ModuleNotFoundError: No module named 'weave'\n<img src=x onerror=alert(1)>")
    await page.getByRole('button', { name: '查找原因' }).click()
    const verdict = page.getByTestId('verdict')
    await verdict.getByRole('heading', { name: '缺少 Python 模块 weave' }).waitFor()
    expect(await page.locator('img[src=x]').count()).toBe(0)
    await page.getByRole('textbox', { name: '在标题、原因和办法中搜索' }).fill('glibc')
    await page.getByText('系统的 C 库对某个软件包来说太旧').waitFor()
    await shot(page, 'diagnosis')
  })
})
