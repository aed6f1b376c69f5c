import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { AppPage } from './pages/app-page'
import { barriers } from './support/accessibility'
import { doors, withApp } from './support/doors'
import { freshRoot, guideDone, scratch } from './support/roots'
import { shot } from './support/shots'

const browser = doors.filter(({ name }) => name === 'browser')

/** A real one, as a person would have made it. */
function venv(): string {
  const folder = join(scratch(), 'my env 环境')
  const made = spawnSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' })
  if (made.status !== 0) throw new Error('python3 could not make a virtual environment')
  return folder
}

test.each(browser)('an environment of the user is looked at, exported and forgotten ($name)', async (door) => {
  const folder = venv()
  await withApp(door.open(freshRoot({ ...guideDone, language: 'en' })), async ({ page, problems }) => {
    const app = new AppPage(page)
    await app.ready()
    await app.go('environments')
    await page.getByRole('heading', { name: 'No environment yet' }).waitFor()

    await page.getByRole('button', { name: 'Use mine' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Folder').fill(join(folder, 'lib'))
    await dialog.getByRole('button', { name: 'Look at it and add' }).click()
    await dialog.getByRole('alert').getByText('is not a Python environment').waitFor()
    await dialog.getByLabel('Folder').fill(folder)
    await dialog.getByRole('button', { name: 'Look at it and add' }).click()

    const card = page.getByRole('article')
    await card.getByRole('heading', { name: 'my env 环境' }).waitFor()
    await card.getByText('Yours', { exact: true }).waitFor()
    await card.getByTestId('part-imports').getByText('everything loads').waitFor()
    expect(await card.getByRole('button', { name: /^Repair/ }).count()).toBe(0)
    await card.getByRole('button', { name: /^Check now/ }).click()
    await card.getByTestId('part-imports').getByText('everything loads').waitFor()
    const found = await barriers(page)
    await shot(page, `${door.name}-environments-yours`)

    const download = page.waitForEvent('download')
    await card.getByRole('button', { name: /^Export lock/ }).click()
    const file = await (await download).path()
    expect(readFileSync(file, 'utf8')).toMatch(/^pip==/m)

    await card.getByRole('button', { name: /^Forget/ }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Forget environment' }).click()
    await card.waitFor({ state: 'detached' })
    expect(existsSync(join(folder, 'bin', 'python'))).toBe(true)
    expect(found).toEqual([])
    expect(problems).toEqual([])
  })
})

test.each(browser)('a machine without a card is told why no recipe fits ($name)', async (door) => {
  await withApp(door.open(freshRoot({ ...guideDone, language: 'en' })), async ({ page, problems }) => {
    const app = new AppPage(page)
    await app.ready()
    await app.go('environments')
    await page.getByRole('button', { name: 'New environment' }).first().click()
    const recipe = page.getByTestId('recipe-ampere-verl-0.9')
    await recipe.getByText('Needs an NVIDIA card').waitFor()
    expect(await recipe.getByRole('button').count()).toBe(0)
    expect(await page.getByTestId('recipe-practice-cpu').count()).toBe(0)
    await shot(page, `${door.name}-environments-recipes`)
    expect(await barriers(page)).toEqual([])
    expect(problems).toEqual([])
  })
})

test.each(browser)('what can be deleted is listed with its size, and goes ($name)', async (door) => {
  const root = freshRoot({ ...guideDone, language: 'en' })
  const wheels = join(root, 'cache', 'wheels')
  mkdirSync(wheels, { recursive: true })
  writeFileSync(join(wheels, 'some.whl'), Buffer.alloc(3_000_000, 7))
  await withApp(door.open(root), async ({ page, problems }) => {
    const app = new AppPage(page)
    await app.ready()
    await app.go('environments')
    await page.getByRole('button', { name: 'Free space' }).click()
    const dialog = page.getByRole('dialog')
    const box = dialog.getByRole('checkbox', { name: 'Downloaded packages' })
    await box.waitFor()
    expect(await box.isChecked()).toBe(true)
    await dialog.getByText('3 MB', { exact: true }).waitFor()
    expect(await barriers(page)).toEqual([])
    await shot(page, `${door.name}-environments-space`)
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await dialog.getByText('were freed').waitFor()
    await box.waitFor({ state: 'detached' })
    expect(existsSync(join(wheels, 'some.whl'))).toBe(false)
    expect(problems).toEqual([])
  })
})
