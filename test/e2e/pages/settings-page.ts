import { AppPage } from './app-page'

/** Words of the choices, in the language that the page is in while the choice is made. */
export class SettingsPage extends AppPage {
  async choose(group: string, choice: string): Promise<void> {
    await this.page.getByRole('radiogroup', { name: group }).getByText(choice, { exact: true }).click()
    await this.page.getByRole('radio', { name: choice, exact: true, checked: true }).waitFor({ state: 'attached' })
  }

  async scheme(): Promise<string | null> {
    return this.page.locator('html').getAttribute('data-mantine-color-scheme')
  }

  async background(): Promise<string> {
    return this.page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  }
}
