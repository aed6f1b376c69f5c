import { describe, expect, test } from 'vitest'
import type { MachineReport } from '#contract'
import { planScene } from '../fixtures/fake-core/plan-scenes'
import { PlanPage } from './pages/plan-page'
import { barriers } from './support/accessibility'
import { doors, withApp } from './support/doors'
import { freshRoot, guideDone } from './support/roots'
import { shot } from './support/shots'

const MODEL = 'Qwen/Qwen2.5-0.5B-Instruct'
const MICRO = 'actor_rollout_ref.actor.ppo_micro_batch_size_per_gpu'
const LENGTH = 'data.max_response_length'
/** A machine that nobody of us has at hand: the plan must not depend on where the test runs. */
const p40 = planScene('plan-p40').machine as MachineReport

async function open(page: PlanPage): Promise<void> {
  await page.ready()
  await page.go('plan')
  await page.importHardware(p40)
  await page.chooseModel(MODEL)
  await page.verdict(true).waitFor()
}

describe.each(doors)('the plan through the $name door', (door) => {
  test('says what runs on a card by its report, and answers to a change at once', async () => {
    const root = freshRoot({ ...guideDone, language: 'en' })
    await withApp(door.open(root), async ({ page, problems }) => {
      const plan = new PlanPage(page)
      await open(plan)
      await page.getByRole('heading', { name: 'Would run on Tesla P40' }).waitFor()
      await shot(page, `${door.name}-plan-p40`)

      const [planned, before] = [await plan.value(MICRO).inputValue(), await plan.peak()]
      await plan.value(MICRO).fill('7')
      await plan.verdict(false).waitFor()
      await plan.below(MICRO).getByTestId('plan-objection').first().waitFor()
      await plan.row(MICRO).getByText(`planned: ${planned}`).waitFor()
      expect(await plan.peak()).not.toBe(before)
      await shot(page, `${door.name}-plan-objection`)
      const found = await barriers(page)

      await plan.reset(MICRO)
      await plan.verdict(true).waitFor()
      expect(await plan.value(MICRO).inputValue()).toBe(planned)
      expect(await plan.row(MICRO).getByText('planned:').count()).toBe(0)
      expect(await plan.peak()).toBe(before)
      found.push(...(await barriers(page)))
      expect(found).toEqual([])
      expect(problems).toEqual([])
    })
  })

  test('is exported in three forms, each of which brings it back, and is there after a reload', async () => {
    const root = freshRoot({ ...guideDone, language: 'en' })
    await withApp(door.open(root), async ({ page, problems }) => {
      const plan = new PlanPage(page)
      await open(plan)
      const planned = await plan.value(LENGTH).inputValue()
      for (const [format, length] of [
        ['Shell script', '320'],
        ['YAML', '384'],
        ['JSON', '448'],
      ] as const) {
        await plan.value(LENGTH).fill(length)
        await plan.row(LENGTH).getByText(`planned: ${planned}`).waitFor()
        const text = await plan.openExport(format)
        expect(text, format).toContain(MODEL)
        await plan.closeExport()
        await plan.reset(LENGTH)
        await plan.row(LENGTH).getByText('planned:').waitFor({ state: 'detached' })
        await plan.importPlan(`plan-${length}.txt`, text)
        await plan.row(LENGTH).getByText(`planned: ${planned}`).waitFor()
        expect(await plan.value(LENGTH).inputValue(), format).toBe(length)
      }
      await page.reload()
      await plan.ready()
      await plan.verdict(true).waitFor()
      expect(await plan.value(LENGTH).inputValue()).toBe('448')
      await page.getByRole('heading', { name: 'Would run on Tesla P40' }).waitFor()
      expect(problems).toEqual([])
    })
  })

  test('refuses a file that is no plan, and says so', async () => {
    await withApp(door.open(freshRoot({ ...guideDone, language: 'en' })), async ({ page }) => {
      const plan = new PlanPage(page)
      await plan.ready()
      await plan.go('plan')
      await plan.importPlan('letter.txt', 'Dear reader')
      await page.getByRole('alert').getByText('not an exported plan').waitFor()
    })
  })
})

test.each(doors.filter(({ name }) => name === 'browser'))(
  'the exported file is what was shown ($name)',
  async (door) => {
    await withApp(door.open(freshRoot({ ...guideDone, language: 'en' })), async ({ page }) => {
      const plan = new PlanPage(page)
      await open(plan)
      const text = await plan.openExport('Shell script')
      const saved = await plan.saved()
      expect(saved.name).toMatch(/\.sh$/)
      expect(saved.text).toBe(text)
    })
  },
)
