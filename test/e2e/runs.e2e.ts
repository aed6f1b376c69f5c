import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openRuns } from '../../main/core/train/runs'
import { createProjection } from '../../main/core/state/projection'
import { emptyProjection } from '../support/empty-projection'
import { RunsPage } from './pages/runs-page'
import { openBrowser, withApp } from './support/doors'
import { until } from './support/processes'
import { freshRoot, guideDone, home } from './support/roots'
import { shot } from './support/shots'

/** A real run under the real supervisor; only the trainer is a stand-in, since verl's own wants a card. */
async function startRun(root: string, steps: number, pace: number): Promise<string> {
  const folder = join(root, 'runs')
  await mkdir(folder, { recursive: true })
  const projection = createProjection(emptyProjection())
  const runs = await openRuns({ folder, resources: join(home, 'resources'), projection })
  const argv = ['python3', join(home, 'test', 'fixtures', 'fake-verl.py'), String(steps), String(pace)]
  const id = await runs.start({
    ...{ python: 'python3', argv: () => argv, name: 'GSM8K 试跑', trainer: 'verl', rotate: true },
    ...{ metrics: 'console', plannedSteps: steps, env: () => ({}), options: {}, digests: {} },
  })
  runs.dispose()
  return id
}

test('a training is watched, its answers are read, and it is stopped after the next checkpoint', async () => {
  const root = freshRoot({ ...guideDone, language: 'en' })
  const run = await startRun(root, 400, 0.15)
  await withApp(openBrowser(root), async ({ page }) => {
    const app = new RunsPage(page)
    await app.ready()
    await app.open(run)
    const reward = page.getByTestId('chart-critic/rewards/mean')
    await until(async () => Number(await reward.getAttribute('data-points')) > 6, 'points in the chart')
    await page.getByRole('heading', { name: 'How far the model moves' }).waitFor()
    await shot(page, 'run-overview')

    await page.getByRole('tab', { name: 'Samples' }).click()
    await page.getByText('6 answers').waitFor()
    await page.getByRole('button', { name: 'This question over time' }).first().click()
    await page.getByText('step 1', { exact: false }).first().waitFor()
    await shot(page, 'run-samples')

    await page.getByRole('tab', { name: 'Checkpoints' }).click()
    await page.getByRole('table').getByText('newest').waitFor()
    await shot(page, 'run-checkpoints')

    await page.getByRole('button', { name: 'Stop training' }).click()
    await page.getByRole('menuitem', { name: 'After the next checkpoint' }).click()
    await until(async () => (await app.status().textContent())?.includes('stopped') === true, 'the end', 30_000)
    await page.getByRole('tab', { name: 'Checkpoints' }).click()
    // The best and the newest are the same one while it learns: the others were rotated away.
    await until(async () => (await page.getByRole('table').locator('tbody tr').count()) <= 2, 'the rotation', 30_000)
  })
  expect(run).not.toBe('')
})

test('two trainings are drawn beside each other', async () => {
  const root = freshRoot({ ...guideDone, language: 'zh-CN', theme: 'dark' })
  const runs = [await startRun(root, 12, 0.02), await startRun(root, 12, 0.02)]
  await withApp(openBrowser(root), async ({ page }) => {
    const app = new RunsPage(page)
    await app.ready()
    await page.goto(`${new URL(page.url()).origin}/#/runs/compare/${runs.join(',')}`)
    const reward = page.getByTestId('chart-critic/rewards/mean')
    await until(async () => Number(await reward.getAttribute('data-points')) === 12, 'points in the chart')
    for (const run of runs) await reward.getByText(run, { exact: false }).waitFor()
    await shot(page, 'runs-compare')
  })
})
