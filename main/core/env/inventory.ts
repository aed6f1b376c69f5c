import { lstat, readdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { EnvironmentView, LockFormat, RecipeView } from '#contract'
import { AppError } from '../errors'
import { peekJson, removeIfThere } from '../state/atomic-file'
import type { ProjectionStore } from '../state/projection'
import { lookAtYours } from './adopt'
import { checkEnvironment } from './check'
import { exportLock } from './export'
import { manifestFile, readManifest } from './manifest'
import type { Recipe } from './recipe'
import { prefixVariables, type Variables } from './variables'
import { viewMade, viewYours } from './view'
import { Marker, openWorkshop, whole, type EnvironmentDeps } from './workshop'

export interface Environments {
  /** Looks at the folders again and shows what is there. */
  refresh(): Promise<void>
  /** What an environment was, or is to be, made from. NOT_FOUND for one that is not ours. */
  recipeOf(id: string): Promise<Recipe>
  check(id: string, signal: AbortSignal): Promise<EnvironmentView>
  adopt(path: string, signal: AbortSignal): Promise<EnvironmentView>
  choose(id: string): Promise<void>
  export(id: string, format: LockFormat): Promise<{ name: string; text: string }>
  /** What a program in it is run with, as if it were activated (`withVariables`). */
  variables(id: string, signal: AbortSignal): Promise<Variables>
  /** Deletes one of ours, forgets one of the user's; NOT_FOUND for any other name. */
  remove(id: string): Promise<void>
}

export interface InventoryDeps extends EnvironmentDeps {
  projection: ProjectionStore
  recipes: Map<string, Recipe>
}

export async function openEnvironments(deps: InventoryDeps): Promise<Environments> {
  const { layout, projection, recipes, book } = deps
  const views = () => projection.read().environments
  const folderOf = (id: string) => join(layout.environments, id)

  async function refresh(): Promise<void> {
    const entries = await readdir(layout.environments, { withFileTypes: true })
    const found = new Map<string, EnvironmentView>()
    for (const entry of entries.filter((entry) => entry.isDirectory() && !entry.name.endsWith('.removing'))) {
      const view = await viewMade(folderOf(entry.name), entry.name, recipes, book)
      if (view !== null) found.set(entry.name, view)
    }
    for (const adopted of book.read().adopted) found.set(adopted.id, viewYours(adopted))
    for (const id of Object.keys(views())) {
      if (!found.has(id)) projection.apply({ topic: 'environments', key: id, value: null })
    }
    for (const [id, value] of found) projection.apply({ topic: 'environments', key: id, value })
  }

  function viewOf(id: string): EnvironmentView {
    const view = views()[id]
    if (view === undefined) throw new AppError('NOT_FOUND', { what: 'environment', id })
    return view
  }

  async function recipeOf(id: string): Promise<Recipe> {
    const marker = whole(await peekJson(join(folderOf(viewOf(id).id), 'environment.json'), Marker))
    if (marker === null) throw new AppError('NOT_FOUND', { what: 'environment', id })
    return marker.recipe
  }

  await refresh()
  return {
    refresh,
    recipeOf,
    async check(id, signal) {
      const view = viewOf(id)
      if (view.kind === 'yours') await book.adopt(await lookAtYours(view.program, deps, signal))
      else await checkEnvironment(openWorkshop(deps, await recipeOf(id), { deep: true }), signal)
      await refresh()
      return viewOf(id)
    },
    async adopt(path, signal) {
      const adopted = await lookAtYours(path, deps, signal)
      await book.adopt(adopted)
      await refresh()
      return viewOf(adopted.id)
    },
    async choose(id) {
      const { recipe, status } = viewOf(id)
      if (recipe === null || status === 'unfinished') throw new AppError('NOT_FOUND', { what: 'environment', id })
      await book.choose(recipe, id)
      await refresh()
    },
    export: async (id, format) => exportLock(viewOf(id), folderOf(id), format),
    async variables(id, signal) {
      const { program } = viewOf(id)
      return (await readManifest(folderOf(id)))?.variables ?? prefixVariables(dirname(dirname(program)), signal)
    },
    async remove(id) {
      const { kind, recipe } = viewOf(id)
      if (kind === 'yours') await book.forget(id)
      else {
        await deleteOurs(folderOf(id))
        if (recipe !== null && book.read().current[recipe] === id) await book.choose(recipe, null)
      }
      await refresh()
    },
  }
}

/** Only a real folder with our mark. It stops being an environment first, then it goes: a removal may be cut short. */
async function deleteOurs(folder: string): Promise<void> {
  if ((await lstat(folder)).isSymbolicLink()) throw new AppError('NOT_OURS', { path: folder })
  await removeIfThere(manifestFile(folder))
  const going = `${folder}.removing`
  await removeIfThere(going)
  await rename(folder, going)
  await removeIfThere(going)
}

/** The recipes as they can be chosen from; `objections` are the plan's. */
export function recipeViews(
  recipes: Map<string, Recipe>,
  facts: Omit<RecipeView, 'pythons' | 'packages' | 'diskBytes' | 'environment'>[],
  made: Record<string, EnvironmentView>,
): RecipeView[] {
  return facts.flatMap((fact) => {
    const recipe = recipes.get(fact.id)
    if (recipe === undefined) return []
    const { pythons, packages, diskBytes } = recipe
    const environment = Object.values(made).find((view) => view.recipe === fact.id && !view.outdated)?.id ?? null
    return [{ ...fact, pythons, packages, diskBytes, environment }]
  })
}
