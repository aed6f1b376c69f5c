import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defaultSettings, type Settings } from '#contract'
import { cacheFolder } from '../../../scripts/browsers.mjs'

export const home = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')

/** Its name has what paths of real people have. */
export const scratch = (): string => mkdtempSync(join(tmpdir(), 'launchpad données 训练 '))

/** An empty data folder; with settings where a test does not begin at the very beginning. */
export function freshRoot(settings?: Partial<Settings>): string {
  const root = scratch()
  if (settings !== undefined)
    writeFileSync(join(root, 'settings.json'), JSON.stringify({ ...defaultSettings, ...settings }))
  return root
}

export const guideDone: Partial<Settings> = { guide: { step: 'done', finished: true } }

/**
 * Keeps its Python environment between runs of the suite: building it downloads some 400 MB. Never deleted.
 * Jobs of earlier tests are taken away: one that was killed half way would be gone on with.
 */
export function sharedRoot(): string {
  const root = process.env['LAUNCHPAD_TEST_ROOT'] ?? join(cacheFolder(), 'test-root')
  const jobs = join(root, 'jobs')
  mkdirSync(jobs, { recursive: true })
  for (const name of readdirSync(jobs)) {
    if (name.startsWith('practice-')) rmSync(join(jobs, name), { recursive: true })
  }
  const settings: Settings = { ...defaultSettings, language: 'en', ...guideDone }
  writeFileSync(join(root, 'settings.json'), JSON.stringify(settings))
  return root
}
