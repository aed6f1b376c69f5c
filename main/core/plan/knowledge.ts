import type { ModelFacts } from '#contract'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { load } from 'js-yaml'
import * as z from 'zod'
import { loadPlanRecipes, type PlanRecipe } from './recipes'
import { sizeOf, ModelShape } from './model-shape'

/** Known models, resources/models/<family>.yaml. */
const ModelFamily = z.object({
  source: z.url(),
  models: z.record(z.string(), ModelShape),
})

/** The tutorial's options and environment, and why a plan leaves some out: resources/plan/tutorial.yaml. */
const Tutorial = z.object({
  options: z.record(z.string(), z.string()),
  env: z.record(z.string(), z.string()),
  /** key -> rule that says why it is not in a plan. */
  dropped: z.record(z.string(), z.string()),
})

/** verl's composed defaults by option; null: the option exists and is empty. */
export type VerlDefaults = Readonly<Record<string, string | null>>

/** Everything the planner knows that is not about this machine, model or data. */
export interface Knowledge {
  recipes: PlanRecipe[]
  models: ModelFacts[]
  tutorial: z.infer<typeof Tutorial>
  /** By version of verl. */
  defaults: Readonly<Record<string, VerlDefaults>>
}

export async function loadKnowledge(resources: string): Promise<Knowledge> {
  const [recipes, models, tutorial, defaults] = await Promise.all([
    loadPlanRecipes(resources),
    loadModels(join(resources, 'models')),
    readFile(join(resources, 'plan', 'tutorial.yaml'), 'utf8').then((text) => Tutorial.parse(load(text))),
    loadDefaults(join(resources, 'verl')),
  ])
  return { recipes, models, tutorial, defaults }
}

async function loadModels(folder: string): Promise<ModelFacts[]> {
  const files = (await readdir(folder)).sort()
  const families = await Promise.all(
    files.map(async (name) => ModelFamily.parse(load(await readFile(join(folder, name), 'utf8')))),
  )
  const models = families.flatMap((family) => Object.entries(family.models).map(([name, shape]) => sizeOf(name, shape)))
  return models.sort((a, b) => a.parameters - b.parameters)
}

async function loadDefaults(folder: string): Promise<Knowledge['defaults']> {
  const Defaults = z.record(z.string(), z.string().nullable())
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json'))
  const entries = files.map(async (name) => {
    const values = Defaults.parse(JSON.parse(await readFile(join(folder, name), 'utf8')))
    return [name.replace(/\.json$/, ''), values] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}
