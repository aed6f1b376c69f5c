import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator } from 'playwright-core'
import type { MachineReport } from '#contract'
import { scratch } from '../support/roots'
import { AppPage } from './app-page'

export class PlanPage extends AppPage {
  async chooseModel(name: string): Promise<void> {
    await this.page.getByTestId('plan-model').fill(name)
    await this.page.getByRole('option', { name }).first().click()
  }

  /** Through the file field that the button opens; a native dialog cannot be driven. */
  async importHardware(report: MachineReport): Promise<void> {
    const file = join(scratch(), 'machine.json')
    writeFileSync(file, JSON.stringify(report))
    await this.page.locator('input[name="plan-hardware-file"]').setInputFiles(file)
  }

  async importPlan(name: string, text: string): Promise<void> {
    const file = join(scratch(), name)
    writeFileSync(file, text)
    await this.page.locator('input[name="plan-file"]').setInputFiles(file)
  }

  /** The answer, once it is that. */
  verdict(runnable: boolean): Locator {
    return this.page.locator(`[data-testid="plan-verdict"][data-runnable="${runnable}"]:not([data-busy])`)
  }

  value(key: string): Locator {
    return this.page.locator(`[data-key="${key}"]`)
  }

  row(key: string): Locator {
    return this.page.locator('tr', { has: this.value(key) })
  }

  /** What stands below the row of an option: objections, and the reason when it is open. */
  below(key: string): Locator {
    return this.row(key).locator('xpath=following-sibling::tr[1]')
  }

  async reset(key: string): Promise<void> {
    await this.row(key)
      .getByRole('button', { name: /^Back to the planned value/ })
      .click()
  }

  /** Bytes of the fullest phase, as the bar above the options shows it. */
  async peak(): Promise<number> {
    return Number(await this.page.getByTestId('plan-peak').getAttribute('data-peak'))
  }

  async openExport(format: 'Shell script' | 'YAML' | 'JSON'): Promise<string> {
    await this.page.getByTestId('plan-export').click()
    await this.page.getByRole('dialog').getByText(format, { exact: true }).click()
    const end = format === 'Shell script' ? '.sh' : `.${format.toLowerCase()}`
    await this.page.getByTestId('plan-save').filter({ hasText: end }).waitFor()
    return (await this.page.getByTestId('plan-export-text').textContent()) ?? ''
  }

  async closeExport(): Promise<void> {
    await this.page.keyboard.press('Escape')
    await this.page.getByRole('dialog').waitFor({ state: 'detached' })
  }

  /** What a browser saves when the button of the open dialog is pressed. */
  async saved(): Promise<{ name: string; text: string }> {
    const download = this.page.waitForEvent('download')
    await this.page.getByTestId('plan-save').click()
    const file = await download
    return { name: file.suggestedFilename(), text: readFileSync(await file.path(), 'utf8') }
  }
}
