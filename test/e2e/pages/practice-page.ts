import type { Locator } from 'playwright-core'
import type { StepId } from '#contract'
import { AppPage } from './app-page'

export class PracticePage extends AppPage {
  step(id: StepId, ...statuses: string[]): Locator {
    if (statuses.length === 0) return this.page.getByTestId(`step-${id}`)
    return this.page.locator(statuses.map((status) => `[data-testid="step-${id}"][data-status="${status}"]`).join(', '))
  }

  /** From whatever the page shows: nothing yet, or what came of the last time. */
  async start(steps: number): Promise<void> {
    await this.go('practice')
    const start = this.page.getByTestId('practice-start')
    const again = this.page.getByRole('button', { name: 'Run it again', exact: true })
    const options = this.page.getByRole('button', { name: 'Options', exact: true })
    await start.or(again).or(options).first().waitFor()
    if (!(await start.isVisible())) await ((await again.isVisible()) ? again : options).first().click()
    await options.click()
    await this.page.getByLabel('Training steps').fill(String(steps))
    await start.click()
  }

  report(): Locator {
    return this.page.getByTestId('practice-report')
  }

  log(): Locator {
    return this.page.getByTestId('run-log')
  }

  chart(metric: string): Locator {
    return this.page.getByTestId(`chart-${metric}`)
  }

  async points(metric: string): Promise<number> {
    const chart = this.chart(metric)
    return (await chart.count()) === 0 ? 0 : Number(await chart.first().getAttribute('data-points'))
  }
}
