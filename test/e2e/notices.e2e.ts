import { createServer } from 'node:http'
import { mkdir } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openRuns } from '../../main/core/train/runs'
import { createProjection } from '../../main/core/state/projection'
import { emptyProjection } from '../support/empty-projection'
import { SettingsPage } from './pages/settings-page'
import { hasDesktop, openBrowser, openDesktop, withApp } from './support/doors'
import { until } from './support/processes'
import { freshRoot, guideDone, home } from './support/roots'
import { shot } from './support/shots'

/** A real run below `root`, which takes a step when `first` appears in its folder and ends when `last` does. */
async function startRun(root: string) {
  const folder = join(root, 'runs')
  await mkdir(folder, { recursive: true })
  const runs = await openRuns({
    folder,
    resources: join(home, 'resources'),
    projection: createProjection(emptyProjection()),
  })
  const code = `
import json, os, time
for step, name in enumerate(["first", "last"]):
    for _ in range(600): os.path.exists(name) or time.sleep(0.05)
    with open("metrics.jsonl", "a") as out: out.write(json.dumps({"step": step + 1, "data": {}}) + "\\n")
    time.sleep(1)
`
  const python = 'python3'
  const id = await runs.start({
    ...{ python, argv: () => [python, '-c', code], name: 'Näherung 试', trainer: 'command' as const },
    ...{ plannedSteps: 2, env: () => ({}), options: {}, digests: {} },
  })
  const at = runs.folder(id)
  runs.dispose()
  return { id, step: (name: 'first' | 'last') => mkdir(join(at, name)) }
}

async function listen() {
  const got: { kind: string; text: string }[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    request.on('end', () => {
      got.push(JSON.parse(text) as { kind: string; text: string })
      response.end('ok')
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/secret`
  return { got, address, close: () => new Promise((closed) => server.close(closed)) }
}

test('what is announced, when, and where else is set on the settings page', async () => {
  const hook = await listen()
  await withApp(openBrowser(freshRoot({ ...guideDone, language: 'en' })), async ({ page }) => {
    const app = new SettingsPage(page)
    await app.ready()
    await app.go('settings')
    const validation = page.getByRole('checkbox', { name: 'A validation' })
    await validation.click()
    await until(async () => !(await validation.isChecked()), 'the kind to be taken off')
    await page.getByRole('switch', { name: 'Quiet hours' }).click()
    const from = page.getByLabel('From')
    await from.fill('21:30')
    await from.blur()
    const form = page.getByRole('form', { name: 'Webhook' })
    await form.getByLabel('Address').first().fill(hook.address)
    await form.getByRole('button', { name: 'Save' }).click()
    await form.getByText(`Messages go to ${new URL(hook.address).host}`).waitFor()
    await form.getByRole('button', { name: 'Send a test message' }).click()
    await form.getByText('It arrived (status 200).').waitFor()
    expect(hook.got).toEqual([{ text: 'Verl Launchpad can reach you here.', kind: 'test' }])
    await form.scrollIntoViewIfNeeded()
    await shot(page, 'settings-notifications')
    await page.reload()
    await app.ready()
    expect(await page.getByRole('checkbox', { name: 'A validation' }).isChecked()).toBe(false)
    expect(await page.getByLabel('From').inputValue()).toBe('21:30')
    await form.getByRole('button', { name: 'Forget' }).click()
    await form.getByText('None is set').waitFor()
  })
  await hook.close()
})

describe.skipIf(!hasDesktop)('the desktop', () => {
  test('keeps the machine awake while it trains, and no longer', async () => {
    const root = freshRoot({ ...guideDone, language: 'en' })
    const run = await startRun(root)
    await withApp(openDesktop(root), async ({ electron, page }) => {
      const app = new SettingsPage(page)
      await app.ready()
      // Ids are counted from the first; there is at most one.
      const awake = () =>
        electron.evaluate(({ powerSaveBlocker }) => [0, 1, 2, 3].some((one) => powerSaveBlocker.isStarted(one)))
      await until(awake, 'the machine to be kept awake')
      // What a click on a notification does: the run's page, in the page that is already there.
      await page.evaluate(() => (document.documentElement.dataset['kept'] = 'yes'))
      await electron.evaluate(
        ({ BrowserWindow }, address) => BrowserWindow.getAllWindows()[0]?.loadURL(address),
        `app://launchpad/#/runs/${run.id}`,
      )
      await page.getByText('Näherung 试').first().waitFor()
      expect(await page.evaluate(() => document.documentElement.dataset['kept'])).toBe('yes')
      await run.step('first')
      await run.step('last')
      await until(async () => !(await awake()), 'the machine to be let sleep')
    })
  })
})
