import { access } from 'node:fs/promises'
import { ProbeReport } from '#contract'
import type { Step } from '../jobs/step'
import { peekJson } from '../state/atomic-file'
import { fetchLocked } from './fetch'
import { install } from './install'
import { readManifest, seal } from './manifest'
import { checkPatches } from './patch'
import { createPrefix, pythonStarts } from './prefix'
import { probe } from './probe'
import { recipeDigest, type Recipe } from './recipe'
import { localFile } from './lock'
import { resolve } from './resolve'
import { openWorkshop, whole, type EnvironmentDeps } from './workshop'

/**
 * The steps that build the environment of `recipe`, the manifest last. Building again is mending: a step is kept
 * while its result is whole. With `deep` a finished one is not believed, and every file of it is compared.
 */
export function environmentSteps(deps: EnvironmentDeps, recipe: Recipe, { deep } = { deep: false }): Step[] {
  const shop = openWorkshop(deps, recipe, { deep })
  const digest = recipeDigest(recipe)
  const sealed = async () => (await readManifest(shop.folder))?.recipeDigest === digest
  const believed = async () => !deep && (await sealed())
  const step = (id: Step['id'], run: Step['run'], verify: Step['verify']): Step => ({
    id,
    subject: shop.id,
    inputs: () => Promise.resolve(digest),
    run,
    // Once sealed, what an earlier step left for the later ones (wheels in the cache) may be gone.
    verify: async () => (await believed()) || (await verify()),
  })
  /** Mending looks once more at what cannot be seen from files. */
  const anew = (id: Step['id'], run: Step['run'], verify: Step['verify']): Step => {
    let ran = false
    return {
      ...step(id, async (context) => void (await run(context), (ran = true)), verify),
      verify: async () => (ran || !deep) && ((await believed()) || (await verify())),
    }
  }
  return [
    step(
      'environment.create',
      (context) => createPrefix(shop, context),
      () => pythonStarts(shop),
    ),
    step(
      'environment.resolve',
      (context) => resolve(shop, context),
      async () => (await shop.lock()).length > 0,
    ),
    step(
      'environment.fetch',
      async (context) => fetchLocked(await shop.needed(), shop.wheels, deps.network.dispatcher(), context),
      async () => everyExists((await shop.needed()).map((file) => localFile(shop.wheels, file))),
    ),
    step(
      'environment.install',
      (context) => install(shop, context),
      async () => (await shop.lock()).length > 0 && (await shop.unwhole()).length === 0,
    ),
    ...(recipe.patches === null
      ? []
      : [
          anew(
            'environment.patch',
            (context) => checkPatches(shop, context),
            () => Promise.resolve(true),
          ),
        ]),
    anew(
      'environment.probe',
      (context) => probe(shop, context),
      async () => whole(await peekJson(shop.files.probe, ProbeReport)) !== null,
    ),
    anew('environment.manifest', ({ signal }) => seal(shop, signal), sealed),
  ]
}

async function everyExists(paths: string[]): Promise<boolean> {
  const there = await Promise.all(
    paths.map((path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    ),
  )
  return there.every(Boolean)
}
