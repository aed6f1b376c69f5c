import { describe, expect, test } from 'vitest'
import { AppPage } from './pages/app-page'
import { barriers } from './support/accessibility'
import { doors, withApp } from './support/doors'
import { freshRoot, guideDone } from './support/roots'
import { shot } from './support/shots'

const looks = doors.flatMap((door) => [
  { door, name: door.name, language: 'en' as const, theme: 'light' as const, word: 'mach', heading: 'Machine' },
  { door, name: door.name, language: 'zh-CN' as const, theme: 'dark' as const, word: '本', heading: '本机' },
])

describe.each(looks)('the palette through the $name door ($language)', ({ door, language, theme, word, heading }) => {
  test('opens pages and trainings by their names, with the keyboard alone', async () => {
    const root = freshRoot({ ...guideDone, language, theme })
    await withApp(door.open(root), async ({ page, problems }) => {
      const app = new AppPage(page)
      await app.ready()
      await page.keyboard.press('Control+K')
      await page.getByRole('dialog').getByRole('option').first().waitFor()
      const found = await barriers(page)
      await shot(page, `${door.name}-${language}-palette`)
      await page.keyboard.type(word)
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { level: 1, name: heading }).waitFor()
      await page.getByRole('dialog').waitFor({ state: 'detached' })

      await page.keyboard.press('Control+K')
      await page.keyboard.type('nothing is called that')
      await page.getByRole('dialog').getByRole('option').waitFor({ state: 'detached' })
      found.push(...(await barriers(page)))
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      expect(found).toEqual([])
      expect(problems).toEqual([])
    })
  })
})
