import { constants } from 'node:fs'
import { access, mkdir, readFile, readdir, stat, statfs, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import type { RootCheck } from '#contract'
import { AppError, errnoOf } from '../errors'
import { writeJson } from './atomic-file'
import * as z from 'zod'

/** Where everything is below a data root. Nothing outside it is written, but for the pointer below. */
function rootLayout(root: string) {
  return {
    root,
    marker: join(root, 'launchpad-root.json'),
    settings: join(root, 'settings.json'),
    machine: join(root, 'machine.json'),
    plan: join(root, 'plan.json'),
    environments: join(root, 'envs'),
    book: join(root, 'environments.json'),
    cache: join(root, 'cache'),
    /** What was downloaded, one folder a repository; `models` are those made here. */
    hub: join(root, 'hub'),
    secrets: join(root, 'secrets.json'),
    notices: join(root, 'notices.json'),
    models: join(root, 'models'),
    datasets: join(root, 'datasets'),
    runs: join(root, 'runs'),
    jobs: join(root, 'jobs'),
    logs: join(root, 'logs'),
  }
}
export type RootLayout = ReturnType<typeof rootLayout>

const Pointer = z.object({ version: z.literal(1), root: z.string() })

/** The one file outside the root: it remembers which folder the user chose. */
function pointerFile(): string {
  const config = process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config')
  return join(config, 'verl-launchpad', 'root.json')
}

/** The chosen root, or the default in the home folder. An unreadable pointer counts as none. */
export async function rememberedRoot(): Promise<string> {
  try {
    return Pointer.parse(JSON.parse(await readFile(pointerFile(), 'utf8'))).root
  } catch {
    return join(homedir(), 'verl-launchpad')
  }
}

export async function rememberRoot(root: string): Promise<void> {
  await mkdir(dirname(pointerFile()), { recursive: true })
  await writeJson(pointerFile(), { version: 1, root })
}

/** Makes the folders and our marker. Throws ROOT_UNUSABLE with the system's own reason. */
export async function prepareRoot(root: string): Promise<RootLayout> {
  const layout = rootLayout(root)
  try {
    for (const folder of [
      layout.environments,
      layout.cache,
      layout.hub,
      layout.models,
      layout.datasets,
      layout.runs,
      layout.jobs,
      layout.logs,
    ]) {
      await mkdir(folder, { recursive: true })
    }
    await writeFile(layout.marker, JSON.stringify({ version: 1 }) + '\n', { flag: 'wx' }).catch((thrown: unknown) => {
      if (errnoOf(thrown) !== 'EEXIST') throw thrown
    })
  } catch (thrown) {
    throw new AppError(
      'ROOT_UNUSABLE',
      { path: root, detail: thrown instanceof Error ? thrown.message : String(thrown) },
      thrown,
    )
  }
  return layout
}

/** Looks at a folder that might become the root; changes nothing. */
export async function checkRoot(input: string): Promise<RootCheck> {
  const path = input.startsWith('~/') ? join(homedir(), input.slice(2)) : input
  const result = { path, problem: null, freeBytes: null, existing: false }
  const refuse = (detail: string): RootCheck => ({
    ...result,
    problem: { code: 'ROOT_UNUSABLE', params: { path, detail } },
  })
  if (!isAbsolute(path)) return refuse('not an absolute path')
  try {
    const parent = await nearestExisting(resolve(path))
    if (!(await stat(parent)).isDirectory()) return refuse('a file is in the way')
    await access(parent, constants.W_OK | constants.X_OK)
    const space = await statfs(parent)
    const names = parent === resolve(path) ? await readdir(parent) : []
    const existing = names.includes('launchpad-root.json')
    if (names.length > 0 && !existing) return refuse('the folder is not empty and is not ours')
    return { ...result, freeBytes: space.bavail * space.bsize, existing }
  } catch (thrown) {
    return refuse(thrown instanceof Error ? thrown.message : String(thrown))
  }
}

async function nearestExisting(path: string): Promise<string> {
  try {
    await stat(path)
    return path
  } catch (thrown) {
    if (errnoOf(thrown) !== 'ENOENT' || dirname(path) === path) throw thrown
    return nearestExisting(dirname(path))
  }
}

/** Bytes an ordinary user can still write where `path` lies. */
export async function freeBytes(path: string): Promise<number> {
  const space = await statfs(path)
  return space.bavail * space.bsize
}
