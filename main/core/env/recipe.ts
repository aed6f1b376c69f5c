import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import * as z from 'zod'

/** resources/recipes/<id>.yaml: one tested set of pinned versions. */
export const Recipe = z.object({
  id: z.string(),
  /** When the set was last run as a whole, and on what. */
  tested: z.string(),
  /** Minor versions of Python it was resolved for, best first. */
  pythons: z.array(z.string()).min(1),
  /** What is asked for; everything else comes as a dependency, held by `constraints`. */
  packages: z.array(z.string()).min(1),
  constraints: z.array(z.string()),
  /** An extra index for torch builds that the main index does not have (CPU-only, other CUDA). */
  torchIndex: z.url().nullable(),
  /** Imported once after the installation, one by one. */
  modules: z.array(z.string()).min(1),
  /** Free space to ask for before anything is fetched: packages, the environment, and room to work. */
  diskBytes: z.number().int(),
})
export type Recipe = z.infer<typeof Recipe>

export async function loadRecipe(resources: string, id: string): Promise<Recipe> {
  return Recipe.parse(parse(await readFile(join(resources, 'recipes', `${id}.yaml`), 'utf8')))
}
