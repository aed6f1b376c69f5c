import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { MachineReport } from '#contract'
import { RunSpec } from '../../main/core/train/spec'
import { planScene } from '../fixtures/fake-core/plan-scenes'
import { PlanPage } from './pages/plan-page'
import { RunsPage } from './pages/runs-page'
import { openBrowser, withApp } from './support/doors'
import { startDying } from './support/dying-run'
import { until } from './support/processes'
import { freshRoot, guideDone, home } from './support/roots'
import { readmeShot } from './support/shots'

// What the READMEs show: LAUNCHPAD_SHOTS=readme makes their pictures anew.

const looks = [
  { language: 'en', theme: 'light' },
  { language: 'zh-CN', theme: 'dark' },
] as const
const rows = 7473

/** The run that real verl made on a real GPU (test/fixtures/gpu-run), as if it had been made here. */
async function placeRealRun(root: string): Promise<string> {
  const id = 'real-run'
  const folder = join(root, 'runs', id)
  await mkdir(folder, { recursive: true })
  await cp(join(home, 'test', 'fixtures', 'gpu-run'), folder, { recursive: true })
  const spec = RunSpec.parse({
    ...{ version: 1, id, name: `Qwen2.5 · GSM8K ${rows}`, trainer: 'verl', createdAt: 1795445833391, plannedSteps: 40 },
    ...{ token: 'none', argv: ['python3'], cwd: folder, env: {}, unsetEnv: [], options: {}, digests: {} },
    ...{ terminal: { columns: 120, rows: 40 }, stop: { interruptSeconds: 20, terminateSeconds: 10 } },
  })
  await writeFile(join(folder, 'spec.json'), JSON.stringify(spec))
  return id
}

test.each(looks)('plan, training and diagnosis in $language', async ({ language, theme }) => {
  const root = freshRoot({ ...guideDone, language, theme })
  const real = await placeRealRun(root)
  const died = await startDying(root)
  await withApp(openBrowser(root), async ({ page, problems }) => {
    const plan = new PlanPage(page)
    await plan.ready()
    await plan.go('plan')
    await plan.importHardware(planScene('plan-p40').machine as MachineReport)
    await plan.chooseModel('Qwen/Qwen2.5-0.5B-Instruct')
    await plan.verdict(true).waitFor()
    await readmeShot(page, `plan-${language}`)

    const runs = new RunsPage(page)
    await runs.open(real)
    const reward = page.getByTestId('chart-critic/rewards/mean')
    await until(async () => Number(await reward.getAttribute('data-points')) >= 40, 'every step in the chart')
    expect(await runs.status().textContent()).toMatch(/finished|已完成/)
    await readmeShot(page, `training-${language}`)

    await runs.open(died)
    await page.getByTestId('verdict').getByRole('listitem').getByRole('button').nth(1).waitFor()
    await readmeShot(page, `diagnosis-${language}`)
    expect(problems).toEqual([])
  })
})
