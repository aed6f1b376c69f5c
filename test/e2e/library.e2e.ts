import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { defaultSettings } from '#contract'
import { startHub, type HubServer } from '../support/hub-server'
import { tinyModel } from '../support/hub-room'
import { AppPage } from './pages/app-page'
import { barriers } from './support/accessibility'
import { doors, withApp } from './support/doors'
import { freshRoot, guideDone } from './support/roots'
import { shot } from './support/shots'

const MB = 1024 * 1024
const rows = Array.from({ length: 40 }, (_, at) =>
  JSON.stringify({ question: `${at}+1=?`, answer: `<b>${at + 1}</b>` }),
)

let hub: HubServer
beforeEach(async () => {
  hub = await startHub({
    repositories: [
      tinyModel,
      { ...tinyModel, id: 'meta/gated', gated: true, granted: ['hf_good'] },
      { kind: 'dataset', id: 'lab/sums', files: { 'train.jsonl': rows.join('\n'), 'README.md': '# sums' } },
      { kind: 'dataset', id: 'lab/large', files: { 'train.bin.jsonl': { size: 48 * MB, seed: 3 } } },
    ],
    tokens: ['hf_good'],
  })
})
afterEach(() => hub.close())

const root = (theme: 'light' | 'dark' = 'light') =>
  freshRoot({
    ...guideDone,
    theme,
    language: 'en',
    network: { ...defaultSettings.network, hubEndpoint: hub.endpoint },
  })

async function openLibrary(page: Page): Promise<void> {
  const app = new AppPage(page)
  await app.ready()
  await app.go('library')
}

async function find(page: Page, text: string, kind: 'Models' | 'Datasets' = 'Models'): Promise<void> {
  await page.getByRole('radiogroup', { name: 'What' }).getByText(kind).click()
  await page.getByRole('textbox', { name: 'Name or address' }).fill(text)
  await page.keyboard.press('Enter')
}

const download = (page: Page) => page.getByRole('button', { name: 'Download', exact: true }).click()

test.each(doors)('a model is found, looked at, downloaded, verified and deleted ($name)', async (door) => {
  const data = root()
  await withApp(door.open(data), async ({ page, problems }) => {
    await openLibrary(page)
    await find(page, 'qwen')
    await page
      .getByRole('list', { name: 'Results' })
      .getByRole('link', { name: /Qwen-0.1M/ })
      .click()
    await page.getByText('the same weights in a format that can run code').waitFor()
    await page.getByText('Qwen2ForCausalLM').waitFor()
    const pickle = page.getByRole('checkbox', { name: /pytorch_model.bin/ })
    expect(await pickle.isChecked()).toBe(false)
    const found = await barriers(page)
    await shot(page, `${door.name}-library-repo`)
    await download(page)
    const item = page.getByTestId(`item-models/${tinyModel.id}`)
    await item.getByText('Whole').waitFor()
    await page.getByTestId(`download-${tinyModel.id}`).getByText('Done').waitFor()
    const folder = join(data, 'hub/models', tinyModel.id)
    expect(existsSync(join(folder, 'model.safetensors'))).toBe(true)
    expect(existsSync(join(folder, 'pytorch_model.bin'))).toBe(false)
    await shot(page, `${door.name}-library-here`)
    found.push(...(await barriers(page)))

    await item.getByRole('button', { name: /^More/ }).click()
    await page.getByRole('menuitem', { name: 'Verify every byte' }).click()
    await item.getByText(/verified/).waitFor()
    await item.getByRole('button', { name: /^More/ }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await item.waitFor({ state: 'detached' })
    expect(existsSync(folder)).toBe(false)
    expect(found).toEqual([])
    expect(problems).toEqual([])
  })
})

test.each(doors)('a download shows its map, is paused and goes on ($name)', async (door) => {
  hub.shape({ bytesPerSecond: 2 * MB })
  await withApp(door.open(root('dark')), async ({ page, problems }) => {
    await openLibrary(page)
    await find(page, `${hub.endpoint}/datasets/lab/large`)
    await download(page)
    const card = page.getByTestId('download-lab/large')
    await card.getByRole('img', { name: /train.bin.jsonl, \d+ % here/ }).waitFor()
    await card.getByText(/MB\/s/).waitFor()
    await shot(page, `${door.name}-library-downloading`)
    const found = await barriers(page)
    await card.getByRole('button', { name: /^Pause/ }).click()
    await card.getByText('Paused').waitFor()
    hub.shape({ bytesPerSecond: null })
    await card.getByRole('button', { name: /^Continue/ }).click()
    await card.getByText('Done').waitFor()
    expect(hub.sent('train.bin.jsonl')).toBeLessThan(56 * MB)
    expect(found).toEqual([])
    expect(problems).toEqual([])
  })
})

test.each(doors.slice(-1))('a gated repository is asked for, and comes once a token is set ($name)', async (door) => {
  await withApp(door.open(root()), async ({ page, problems }) => {
    await openLibrary(page)
    await find(page, 'meta/gated')
    await page.getByText('Asks for consent', { exact: true }).waitFor()
    await download(page)
    const card = page.getByTestId('download-meta/gated')
    await card
      .getByRole('alert')
      .getByText(/asks for consent first/)
      .waitFor()
    await shot(page, `${door.name}-library-gated`)
    await card.getByRole('button', { name: 'Set a token' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Hugging Face' }).fill('hf_good')
    await dialog.getByRole('button', { name: 'Keep' }).first().click()
    await dialog.getByText('a token in a file that only you can read').waitFor()
    expect(await barriers(page)).toEqual([])
    await page.keyboard.press('Escape')
    await card.getByRole('button', { name: /^Continue/ }).click()
    await page.getByTestId('item-models/meta/gated').getByText('Whole').waitFor()
    expect(problems).toEqual([])
  })
})

test.each(doors.slice(-1))('the first rows are seen before anything is downloaded, as text ($name)', async (door) => {
  await withApp(door.open(root()), async ({ page, problems }) => {
    await openLibrary(page)
    await find(page, 'lab/sums')
    await page.getByRole('button', { name: 'Look there' }).click()
    await page.getByRole('button', { name: /^First rows/ }).click()
    await page.getByRole('cell', { name: '<b>3</b>' }).waitFor()
    expect(await barriers(page)).toEqual([])
    await shot(page, `${door.name}-library-preview`)
    expect(problems).toEqual([])
  })
})
