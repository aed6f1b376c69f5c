import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { home } from './roots'

/** A picture for human eyes, taken only when LAUNCHPAD_SHOTS is set. */
export async function shot(page: Page, name: string): Promise<void> {
  if (!process.env['LAUNCHPAD_SHOTS']) return
  const folder = join(home, 'test-results')
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`) })
}
