import { expect, test } from 'vitest'
import { AppPage, pageNames } from './pages/app-page'
import { openBrowser, withApp } from './support/doors'
import { freshRoot, guideDone } from './support/roots'
import { shot } from './support/shots'

/** In pixels of the page: the smallest window at 200 % zoom, the same at 100 %, and a 4K screen. */
const sizes = { zoomed: [512, 320], small: [1024, 640], huge: [3840, 2160] } as const

test.each(['en', 'zh-CN'] as const)('every page fits a small window, twice enlarged, and 4K (%s)', async (language) => {
  await withApp(openBrowser(freshRoot({ ...guideDone, language })), async ({ page, problems }) => {
    const app = new AppPage(page)
    await app.ready()
    const wide: string[] = []
    for (const [name, [width, height]] of Object.entries(sizes)) {
      await page.setViewportSize({ width, height })
      for (const place of pageNames) {
        await app.go(place)
        const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
        if (over > 0) wide.push(`${place} at ${name}: ${over} px too wide`)
        await shot(page, `look-${language}-${name}-${place}`)
      }
    }
    expect(wide).toEqual([])
    expect(problems).toEqual([])
  })
})
