import type { Locator } from 'playwright-core'
import type { GuideStep } from '#contract'
import { AppPage } from './app-page'

/** The first steps. */
export class GuidePage extends AppPage {
  at(step: GuideStep): Locator {
    return this.page.locator(`[data-testid="guide-step"][data-step="${step}"]`)
  }

  /** The forward button of whatever step is shown: the last of them, after "back". */
  async forward(to: GuideStep): Promise<void> {
    await this.page.locator('main').getByRole('button').last().click()
    await this.at(to).waitFor()
  }

  async later(): Promise<void> {
    await this.page.getByRole('button', { name: 'Finish later' }).click()
  }
}
