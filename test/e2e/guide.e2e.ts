import { describe, expect, test } from 'vitest'
import { AppPage } from './pages/app-page'
import { GuidePage } from './pages/guide-page'
import { SettingsPage } from './pages/settings-page'
import { doors, withApp } from './support/doors'
import { freshRoot, guideDone } from './support/roots'
import { shot } from './support/shots'

describe.each(doors)('the $name door', (door) => {
  test('comes back to the guide where it was left, after an orderly end and after a crash', async () => {
    const root = freshRoot()
    await withApp(door.open(root), async ({ page }) => {
      const guide = new GuidePage(page)
      await guide.at('welcome').waitFor()
      await guide.forward('root')
    })
    const app = await door.open(root)
    const guide = new GuidePage(app.page)
    await guide.at('root').waitFor()
    await guide.forward('machine')
    await app.page.getByRole('heading', { name: 'Processor' }).waitFor()
    await shot(app.page, `${door.name}-guide-machine`)
    await guide.forward('practice')
    await app.kill()
    await withApp(door.open(root), async ({ page }) => {
      await new GuidePage(page).at('practice').waitFor()
      await shot(page, `${door.name}-guide-practice`)
    })
  })

  test('keeps the language and the theme that were chosen', async () => {
    const root = freshRoot({ ...guideDone, theme: 'light' })
    await withApp(door.open(root), async ({ page }) => {
      const settings = new SettingsPage(page)
      await settings.ready()
      await settings.go('settings')
      await settings.choose('Theme', 'Dark')
      await settings.choose('Language', '简体中文')
      await page.getByRole('heading', { level: 1, name: '设置' }).waitFor()
      expect(await settings.scheme()).toBe('dark')
    })
    await withApp(door.open(root), async ({ page }) => {
      const settings = new SettingsPage(page)
      await settings.ready()
      await page.getByRole('heading', { level: 1, name: '练习' }).waitFor()
      expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN')
      expect(await settings.scheme()).toBe('dark')
      expect(await settings.background()).toBe('rgb(18, 19, 22)')
      await settings.go('settings')
      await shot(page, `${door.name}-settings-dark-zh`)
    })
  })

  test('can put the guide off and go on with it later', async () => {
    await withApp(door.open(freshRoot()), async ({ page }) => {
      const guide = new GuidePage(page)
      await guide.at('welcome').waitFor()
      await guide.later()
      await new AppPage(page).go('machine')
      await page.getByRole('button', { name: 'Go on with them' }).click()
      await guide.at('welcome').waitFor()
    })
  })
})
