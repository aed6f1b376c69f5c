import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AppPage } from './pages/app-page'
import { barriers } from './support/accessibility'
import { doors, withApp } from './support/doors'
import { freshRoot, guideDone } from './support/roots'
import { shot } from './support/shots'

/** 300 problems, of which 5 stand in the validation, too; formulas and HTML among them. */
let folder: string
const problem = (at: number) =>
  JSON.stringify({
    question: `What is $${at}+${at}$? <b>row ${at}</b>`,
    answer: `It is $2\\cdot ${at}$.\n#### ${2 * at}`,
  })
const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => problem(from + at)).join('\n')

beforeAll(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'data 数据 ')), 'sums')
  mkdirSync(folder)
  writeFileSync(join(folder, 'train.jsonl'), lines(0, 300))
  writeFileSync(join(folder, 'test.jsonl'), lines(295, 320))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function open(page: Page, path: string): Promise<void> {
  const app = new AppPage(page)
  await app.ready()
  await app.go('data')
  await page.getByRole('textbox', { name: 'Path of a file or a folder' }).fill(path)
  await page.keyboard.press('Enter')
}
const tab = (page: Page, name: string) => page.getByRole('tab', { name }).click()

test.each(doors)(
  'a folder is opened, looked at, checked, mended and written as verl reads it ($name)',
  async (door) => {
    const root = freshRoot({ ...guideDone, theme: 'light', language: 'en' })
    await withApp(door.open(root), async ({ page, problems }) => {
      await open(page, folder)
      await page.getByRole('heading', { level: 1, name: 'sums' }).waitFor()
      await page.getByText('300 rows').first().waitFor()
      await page.getByRole('gridcell', { name: /row 7/ }).first().click()
      await page.locator('.katex').first().waitFor()
      // What looks like HTML in a cell stays text.
      expect(await page.locator('b', { hasText: 'row 7' }).count()).toBe(0)
      const found = await barriers(page)
      await shot(page, `${door.name}-data-rows`)

      await tab(page, 'Columns')
      await page.getByText('Length in characters').first().waitFor()
      await tab(page, 'Mapping')
      await page.getByText('ground_truth').first().waitFor()
      found.push(...(await barriers(page)))
      await shot(page, `${door.name}-data-mapping`)

      await tab(page, 'Check')
      const leaked = page.getByRole('listitem').filter({ hasText: '5 training rows ask what a validation row asks' })
      await leaked.waitFor()
      await shot(page, `${door.name}-data-check`)
      await leaked.getByRole('button').last().click()
      await page.getByText('Nothing was found').waitFor()
      found.push(...(await barriers(page)))

      await tab(page, 'Reward')
      await page.getByRole('button', { name: 'Score the gold answers' }).click()
      await page.getByText('Gold scores 1 on all 300 rows.').waitFor()

      await tab(page, 'Write')
      await page.getByRole('button', { name: 'Write the dataset' }).click()
      await page.getByText('sums is written').waitFor()
      await shot(page, `${door.name}-data-written`)
      found.push(...(await barriers(page)))
      await page.getByRole('button', { name: 'Use it in the plan' }).click()
      await new AppPage(page).go('data')
      const written = page.getByRole('region', { name: /written|prepared/i })
      await written.getByText('295').first().waitFor()
      expect(existsSync(join(root, 'datasets', 'sums'))).toBe(true)
      expect(found).toEqual([])
      expect(problems).toEqual([])
    })
  },
)

test('a line that cannot be read is named, and can be set aside', async () => {
  const file = join(folder, '..', 'broken.jsonl')
  writeFileSync(file, `${lines(0, 20)}\n{"question": "half\n${lines(20, 40)}`)
  const [door] = doors
  if (door === undefined) throw new Error('there is no door')
  await withApp(door.open(freshRoot({ ...guideDone, theme: 'dark', language: 'zh-CN' })), async ({ page }) => {
    const app = new AppPage(page)
    await app.ready()
    await app.go('data')
    await page.getByRole('textbox').first().fill(file)
    await page.keyboard.press('Enter')
    await page.getByText(/21/).first().waitFor()
    expect(await page.getByText('程序自身出错').count()).toBe(0)
    await shot(page, 'data-broken-line')
    await page.getByRole('button', { name: '跳过这样的行' }).first().click()
    await page.getByText('40 行').first().waitFor()
    expect(await barriers(page)).toEqual([])
  })
})
