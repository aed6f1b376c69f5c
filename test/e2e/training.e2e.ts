import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { prefixPython } from '../../main/core/env/workshop'
import { gpu, machine } from '../support/machine'
import { copyTo, runSql, sums } from '../support/tables'
import { trlPrefix } from '../support/trl-python'
import { PlanPage } from './pages/plan-page'
import { barriers } from './support/accessibility'
import { doors, withApp } from './support/doors'
import { until } from './support/processes'
import { freshRoot, guideDone, home, scratch } from './support/roots'
import { shot } from './support/shots'

/**
 * A person's way from a plan to the trained model, with real TRL on this machine's processor: the plan is one for a
 * card that no verl runs on, so that no card is needed to train it.
 */
const place = scratch()
const launchpad = (...words: string[]): string => {
  const done = spawnSync(process.execPath, [join(home, 'dist', 'node', 'launchpad.mjs'), ...words], {
    encoding: 'utf8',
  })
  expect(done.status, done.stderr).toBe(0)
  return done.stdout
}
let prefix: string
let plan: string

beforeAll(async () => {
  prefix = await trlPrefix()
  const [data, model] = [join(place, 'data 数据'), join(place, '小 model')]
  mkdirSync(data)
  for (const [name, rows] of [
    ['train', 32],
    ['test', 4],
  ] as const)
    await runSql(copyTo(sums(rows), join(data, `${name}.parquet`), 'FORMAT parquet'))
  const maker = join(home, 'resources', 'python', 'make_practice_model.py')
  const asked = ['--train', join(data, 'train.parquet'), '--out', model, '--warmup-steps', '3']
  const made = spawnSync(prefixPython(prefix), [maker, ...asked], { encoding: 'utf8' })
  expect(made.status, made.stderr).toBe(0)
  const card = join(place, 'm40.json')
  writeFileSync(card, JSON.stringify(machine([gpu('Tesla M40 24GB', '5.2', 22.4)])))
  const changes = ['save-every=2', 'batch-size=2', 'max-response-length=16'].flatMap((each) => ['--set', each])
  const wanted = ['--model', model, '--data', data, '--hardware', card, ...changes]
  plan = launchpad('plan', '--root', scratch(), ...wanted, '--export', 'json')
}, 900_000)

describe.each(doors)('a training through the $name door', (door) => {
  test('is planned, asked about, started, watched to its end, and taken home', async () => {
    const root = freshRoot({ ...guideDone, language: 'en' })
    launchpad('env', 'adopt', prefix, '--root', root)
    await withApp(door.open(root), async ({ page, problems }) => {
      const app = new PlanPage(page)
      await app.ready()
      await app.go('plan')
      await app.importPlan('plan.json', plan)
      await app.verdict(true).waitFor()
      await page.getByRole('button', { name: 'Train', exact: true }).click()

      await page.getByRole('combobox', { name: 'Environment' }).click()
      await page.getByRole('option', { name: /yours-/ }).click()
      await page.getByText('Number of steps', { exact: true }).click()
      await page.getByLabel('Steps', { exact: true }).fill('4')
      await page.getByText('Everything that could be checked is right').waitFor({ timeout: 120_000 })
      await shot(page, `${door.name}-training-start`)
      const found = await barriers(page)
      await page.getByRole('button', { name: 'Start training' }).click()

      const status = page.getByTestId('run-status')
      await status.waitFor()
      const reward = page.getByTestId('chart-critic/rewards/mean')
      await until(async () => (await status.textContent())?.includes('finished') === true, 'the end', 240_000)
      expect(Number(await reward.getAttribute('data-points'))).toBe(4)
      await shot(page, `${door.name}-training-end`)
      found.push(...(await barriers(page)))
      await page.getByRole('tab', { name: 'Checkpoints' }).click()
      await page
        .getByRole('button', { name: /Make a model/ })
        .first()
        .click()
      await page.getByRole('table').getByText('model made').waitFor({ timeout: 120_000 })
      await page.getByText('2 of 2 steps done').waitFor({ timeout: 120_000 })
      await shot(page, `${door.name}-training-home`)
      expect(found).toEqual([])
      expect(problems).toEqual([])
    })
  }, 600_000)
})
