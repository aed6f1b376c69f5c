import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOf } from '../jobs/journal'
import type { Step } from '../jobs/step'
import type { RootLayout } from '../state/root'
import { createPrefix, install, isProbed, probe, resolve, seal } from './build'
import { prefixPython } from './engine'
import { fetchLocked } from './fetch'
import { readManifest } from './manifest'
import type { Recipe } from './recipe'
import { localFile } from './resolve'
import { openWorkshop, type EnvironmentDeps } from './workshop'

/** The folder of an environment is named by what is in it: a changed recipe makes a new one. */
export const environmentId = (recipe: Recipe) => `${recipe.id}-${digestOf(recipe).slice(0, 8)}`

export const environmentPython = (layout: RootLayout, id: string) =>
  prefixPython(join(layout.environments, id, 'prefix'))

/** The steps that build the environment of `recipe`, the manifest last. */
export function environmentSteps(deps: EnvironmentDeps, recipe: Recipe): Step[] {
  const id = environmentId(recipe)
  const shop = openWorkshop(deps, recipe, join(deps.layout.environments, id))
  const sealed = async () => (await readManifest(shop.folder))?.recipeDigest === digestOf(recipe)
  // Once sealed, what an earlier step left for the later ones (wheels in the cache) may be gone.
  const step = (
    name: 'create' | 'resolve' | 'fetch' | 'install' | 'probe',
    run: Step['run'],
    verify: Step['verify'],
  ): Step => ({
    id: `environment.${name}`,
    subject: id,
    inputs: () => Promise.resolve(recipe),
    run,
    verify: async () => (await sealed()) || (await verify()),
  })
  return [
    step(
      'create',
      (context) => createPrefix(shop, context),
      async () => (await shop.chosen()) !== null && (await exists(shop.python)),
    ),
    step(
      'resolve',
      (context) => resolve(shop, context),
      async () => (await shop.lock()).length > 0,
    ),
    step(
      'fetch',
      async (context) => fetchLocked(await shop.lock(), shop.wheels, deps.network.dispatcher(), context),
      async () => {
        const there = await Promise.all((await shop.lock()).map((file) => exists(localFile(shop.wheels, file))))
        return there.length > 0 && there.every(Boolean)
      },
    ),
    step(
      'install',
      (context) => install(shop, context),
      async () => (await shop.lock()).length > 0 && (await shop.missing()).length === 0,
    ),
    step(
      'probe',
      (context) => probe(shop, context),
      () => isProbed(shop),
    ),
    {
      id: 'environment.manifest',
      subject: id,
      inputs: () => Promise.resolve(recipe),
      run: () => seal(shop),
      verify: sealed,
    },
  ]
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
