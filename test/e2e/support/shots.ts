import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { home } from './roots'

/** A picture for human eyes, taken only when LAUNCHPAD_SHOTS is set. */
export const shot = (page: Page, name: string): Promise<void> =>
  process.env['LAUNCHPAD_SHOTS'] ? picture(page, join(home, 'test-results'), name) : Promise.resolve()

/** One that the READMEs show, taken only when LAUNCHPAD_SHOTS is "readme". */
export const readmeShot = (page: Page, name: string): Promise<void> =>
  process.env['LAUNCHPAD_SHOTS'] === 'readme' ? picture(page, join(home, 'docs', 'images'), name) : Promise.resolve()

async function picture(page: Page, folder: string, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`) })
}
