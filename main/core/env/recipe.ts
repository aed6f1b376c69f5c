import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { load } from 'js-yaml'
import * as z from 'zod'
import { digestOf } from '../jobs/journal'

/** resources/recipes/<id>.yaml: one tested set of pinned versions. What only a plan needs is read by `plan/recipes`. */
export const Recipe = z.object({
  id: z.string(),
  /** When the set was last run as a whole, and on what. */
  tested: z.string(),
  /** Minor versions of Python it was resolved for, best first. */
  pythons: z.array(z.string()).min(1),
  /** What is asked for; everything else comes as a dependency, held by `constraints`. */
  packages: z.array(z.string()).min(1),
  constraints: z.array(z.string()),
  /** Packages that exist as source only and are built here; nothing else is ever compiled. */
  sources: z.array(z.string()).default([]),
  /** Where torch alone comes from (CPU-only, another CUDA); null: from where everything else does. */
  torchIndex: z.url().nullable(),
  /** Imported once after the installation, one by one. */
  modules: z.array(z.string()).min(1),
  /** Changes laid over verl when it is imported: resources/patches/<name>.json. */
  patches: z.string().nullable().default(null),
  /** Free space to ask for before anything is fetched: packages, the environment, and room to work. */
  diskBytes: z.number().int(),
})
export type Recipe = z.infer<typeof Recipe>

/** Of what decides over the content of an environment; words about it may change without making a new one. */
export function recipeDigest({ id, pythons, packages, constraints, sources, torchIndex, modules, patches }: Recipe) {
  return digestOf({ id, pythons, packages, constraints, sources, torchIndex, modules, patches })
}

/** The folder of an environment is named by what is in it: a changed recipe makes a new one. */
export const environmentId = (recipe: Recipe) => `${recipe.id}-${recipeDigest(recipe).slice(0, 8)}`

export async function loadRecipe(resources: string, id: string): Promise<Recipe> {
  return Recipe.parse(load(await readFile(join(resources, 'recipes', `${id}.yaml`), 'utf8')))
}

export async function loadRecipes(resources: string): Promise<Map<string, Recipe>> {
  const names = (await readdir(join(resources, 'recipes'))).filter((name) => name.endsWith('.yaml'))
  const recipes = await Promise.all(names.map((name) => loadRecipe(resources, name.slice(0, -'.yaml'.length))))
  return new Map(recipes.map((recipe) => [recipe.id, recipe]))
}
