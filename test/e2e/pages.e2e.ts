import { describe, expect, test } from 'vitest'
import { AppPage, pageNames } from './pages/app-page'
import { GuidePage } from './pages/guide-page'
import { guideSteps } from '#contract'
import { barriers } from './support/accessibility'
import { doors, withApp } from './support/doors'
import { freshRoot, guideDone } from './support/roots'
import { shot } from './support/shots'

const themes = ['light', 'dark'] as const
const looks = doors.flatMap((door) => themes.map((theme) => ({ door, theme, name: door.name })))

describe.each(looks)('through the $name door, in the $theme theme', ({ door, theme }) => {
  test('every page is quiet, keeps to its content policy and has no barriers', async () => {
    await withApp(door.open(freshRoot({ ...guideDone, theme })), async ({ page, problems }) => {
      const app = new AppPage(page)
      await app.ready()
      // Again from the start, now that we listen.
      await page.reload()
      await app.ready()
      const found: Record<string, string[]> = {}
      for (const name of pageNames) {
        await app.go(name)
        if (name === 'machine') await page.getByRole('main').getByRole('button').first().click()
        if (name === 'machine') await page.getByRole('heading', { name: 'Processor' }).waitFor()
        found[name] = await barriers(page)
        await shot(page, `${door.name}-${theme}-${name}`)
      }
      expect(found).toEqual(Object.fromEntries(pageNames.map((name) => [name, []])))
      expect(problems).toEqual([])
    })
  })

  test('every step of the guide is quiet and has no barriers', async () => {
    await withApp(door.open(freshRoot({ theme })), async ({ page, problems }) => {
      const guide = new GuidePage(page)
      const found: Record<string, string[]> = {}
      await guide.at('welcome').waitFor()
      for (const [index, step] of guideSteps.entries()) {
        if (step === 'machine') await page.getByRole('heading', { name: 'Processor' }).waitFor()
        found[step] = await barriers(page)
        await shot(page, `${door.name}-${theme}-guide-${step}`)
        const next = guideSteps[index + 1]
        if (next !== undefined) await guide.forward(next)
      }
      expect(found).toEqual(Object.fromEntries(guideSteps.map((name) => [name, []])))
      expect(problems).toEqual([])
    })
  })
})

test.each(doors)('the whole guide can be walked with the keyboard alone ($name)', async (door) => {
  await withApp(door.open(freshRoot()), async ({ page }) => {
    const guide = new GuidePage(page)
    for (const [index, step] of guideSteps.slice(0, -1).entries()) {
      await guide.at(step).waitFor()
      const forward = page.locator('main').getByRole('button').last()
      await forward.waitFor()
      for (let presses = 0; !(await forward.evaluate((button) => button === document.activeElement)); presses += 1) {
        expect(presses, `Tab reaches the forward button of ${step}`).toBeLessThan(40)
        await page.keyboard.press('Tab')
      }
      await page.keyboard.press('Enter')
      await guide.at(guideSteps[index + 1] ?? 'done').waitFor()
    }
  })
})

test.each(doors)('whose work is in the app, and under which licence, is shown in it ($name)', async (door) => {
  await withApp(door.open(freshRoot({ ...guideDone, language: 'en' })), async ({ page, problems }) => {
    const app = new AppPage(page)
    await app.ready()
    await app.go('settings')
    await page.getByRole('button', { name: 'Show licences' }).click()
    await page
      .getByRole('dialog')
      .getByRole('row', { name: /^apache-arrow .* Apache-2.0$/ })
      .waitFor()
    expect(await barriers(page)).toEqual([])
    await shot(page, `${door.name}-licences`)
    expect(problems).toEqual([])
  })
})
