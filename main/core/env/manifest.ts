import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { Engine, type EnvironmentView } from '#contract'
import { peekJson } from '../state/atomic-file'

/** envs/<id>/manifest.json, written last: an environment without it is not one. */
export const Manifest = z.object({
  version: z.literal(1),
  recipe: z.string(),
  recipeDigest: z.string(),
  engine: Engine,
  python: z.string(),
  packages: z.array(z.object({ name: z.string(), version: z.string() })),
  createdAt: z.number(),
})
export type Manifest = z.infer<typeof Manifest>

export const manifestFile = (folder: string) => join(folder, 'manifest.json')

export async function readManifest(folder: string): Promise<Manifest | null> {
  const manifest = await peekJson(manifestFile(folder), Manifest)
  return manifest === 'damaged' ? null : manifest
}

/** Name and version of everything installed, from the names of its *.dist-info folders. */
export async function installedPackages(prefix: string): Promise<Manifest['packages']> {
  const packages: Manifest['packages'] = []
  for (const folder of await sitePackages(prefix)) {
    for (const name of await readdir(folder)) {
      const match = /^(.+)-(\d[^-]*)\.dist-info$/.exec(name)
      if (match?.[1] !== undefined && match[2] !== undefined)
        packages.push({ name: match[1].replaceAll('_', '-'), version: match[2] })
    }
  }
  return packages.sort((a, b) => a.name.localeCompare(b.name))
}

async function sitePackages(prefix: string): Promise<string[]> {
  const lib = join(prefix, 'lib')
  const names = await readdir(lib).catch(() => [])
  return names.filter((name) => /^python3\.\d+$/.test(name)).map((name) => join(lib, name, 'site-packages'))
}

export async function viewEnvironment(id: string, folder: string): Promise<EnvironmentView> {
  const manifest = await readManifest(folder)
  const recipe = manifest?.recipe ?? id.replace(/-[0-9a-f]+$/, '')
  if (manifest === null) {
    return { id, recipe, path: folder, status: 'unfinished', engine: null, python: null, packages: [], createdAt: null }
  }
  const { engine, python, packages, createdAt } = manifest
  return { id, recipe, path: folder, status: 'ready', engine, python, packages, createdAt }
}
