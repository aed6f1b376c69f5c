import type { Locator } from 'playwright-core'
import { AppPage } from './app-page'

export class RunsPage extends AppPage {
  row(run: string): Locator {
    return this.page.locator('tr', { has: this.page.locator(`a[href="#/runs/${run}"]`) })
  }

  async open(run: string): Promise<void> {
    await this.go('runs')
    await this.row(run).locator('a').click()
    await this.status().waitFor()
  }

  status(): Locator {
    return this.page.getByTestId('run-status')
  }
}
