import { join } from 'node:path'
import * as z from 'zod'
import { ComponentHealth, Engine, InstalledPackage, ProbeReport } from '#contract'
import { AppError } from '../errors'
import { peekJson, writeJson } from '../state/atomic-file'
import { diskUse } from '../space/disk-use'
import { healthyParts } from './health'
import { installedPackages } from './records'
import { Recipe, recipeDigest } from './recipe'
import { prefixVariables } from './variables'
import { whole, type Workshop } from './workshop'

/** envs/<id>/manifest.json, written last: an environment without it is not one. */
export const Manifest = z.object({
  version: z.literal(2),
  recipe: Recipe,
  recipeDigest: z.string(),
  engine: Engine,
  python: z.string(),
  packages: z.array(InstalledPackage),
  probe: ProbeReport,
  /** What a program in it is run with, as if it were activated; null: unset. */
  variables: z.record(z.string(), z.string().nullable()),
  bytes: z.number(),
  createdAt: z.number(),
})
export type Manifest = z.infer<typeof Manifest>

/** envs/<id>/check.json: what the last look at it found. Only this is written after the manifest. */
export const Checked = z.object({
  version: z.literal(1),
  at: z.number(),
  health: z.array(ComponentHealth),
  probe: ProbeReport,
})
export type Checked = z.infer<typeof Checked>

export const manifestFile = (folder: string) => join(folder, 'manifest.json')

export const readManifest = async (folder: string): Promise<Manifest | null> =>
  whole(await peekJson(manifestFile(folder), Manifest))

/** The manifest makes it an environment; from then on it is the one that is used for its recipe. */
export async function seal(shop: Workshop, signal: AbortSignal): Promise<void> {
  const { deps, recipe, id, folder, files, prefix } = shop
  const [made, probe] = [await shop.made(), whole(await peekJson(files.probe, ProbeReport))]
  if (made === null || probe === null) throw new AppError('INTERNAL', { detail: 'a file of an earlier step is gone' })
  const at = Date.now()
  const checked: Checked = { version: 1, at, health: healthyParts(recipe, probe), probe }
  await writeJson(files.check, checked)
  const manifest: Manifest = {
    version: 2,
    recipe,
    recipeDigest: recipeDigest(recipe),
    engine: made.engine,
    python: probe.python.version,
    packages: await installedPackages(prefix),
    probe,
    variables: await prefixVariables(prefix, signal),
    bytes: (await diskUse(prefix)).bytes,
    createdAt: at,
  }
  await writeJson(manifestFile(folder), manifest)
  await deps.book.choose(recipe.id, id)
}
