import type { Locator, Page } from 'playwright-core'

export const pageNames = ['practice', 'plan', 'library', 'data', 'runs', 'machine', 'environments', 'settings'] as const
export type PageName = (typeof pageNames)[number]

/** What every page of the app has: navigation, the state of the connection, a heading. */
export class AppPage {
  constructor(readonly page: Page) {}

  /** Connected, and showing something that came from the core. */
  async ready(): Promise<void> {
    await this.page.locator('[data-testid="connection-state"][data-state="live"]').first().waitFor()
  }

  connection(state: 'live' | 'reconnecting' | 'refused'): Locator {
    return this.page.locator(`[data-testid="connection-state"][data-state="${state}"]`)
  }

  async go(name: PageName): Promise<void> {
    const link = this.page.getByRole('navigation').locator(`a[href="#/${name}"]`)
    await link.click()
    await link.and(this.page.locator('[aria-current]')).waitFor()
    // Pages that are loaded when first seen show a skeleton until then.
    await this.page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null)
    await this.heading().waitFor()
  }

  heading(): Locator {
    return this.page.getByRole('heading', { level: 1 })
  }
}
