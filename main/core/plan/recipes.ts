import type { Finding, MachineReport } from '#contract'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { load } from 'js-yaml'
import * as z from 'zod'
import { compareVersions } from './versions'
import type { Device } from './devices'

/**
 * What a plan needs of resources/recipes/<id>.yaml; the packages themselves are read by `env/recipe`.
 * `order`: best first among those that fit.
 */
export const PlanRecipe = z.object({
  id: z.string(),
  order: z.number(),
  /** What was done with it, in words, and as what: run on a card, found to resolve, or not even that. */
  tested: z.string(),
  proof: z.enum(['ran', 'resolved', 'unresolved']),
  date: z.string(),
  trainer: z.enum(['verl', 'trl']),
  verl: z.string().nullable(),
  rollout: z.enum(['vllm', 'hf']),
  attention: z.enum(['sdpa', 'eager']),
  /** The critic of this verl loads with FlashAttention-2 whatever the options say (verl/utils/model.py). */
  criticNeedsFlashAttention: z.boolean(),
  /** Trains adapters. */
  lora: z.boolean(),
  patches: z.string().nullable(),
  cuda: z.string(),
  machine: z.object({
    computeCapability: z.object({ min: z.string(), max: z.string() }),
    driver: z.string(),
    glibc: z.string(),
    /** CPUs Ray must count: 3 for the GPU bundle, 1 for its task runner; with fewer it waits for ever (single_controller/ray/base.py). */
    threads: z.number().int(),
  }),
  packages: z.array(z.string()),
  diskBytes: z.number(),
  evidence: z.array(z.object({ pin: z.string(), why: z.string(), source: z.url() })),
})
export type PlanRecipe = z.infer<typeof PlanRecipe>

/** Every recipe a plan can choose from, best first; those without a `trainer` (the practice) are none. */
export async function loadPlanRecipes(resources: string): Promise<PlanRecipe[]> {
  const folder = join(resources, 'recipes')
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort()
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))
  return texts
    .map((text) => load(text))
    .filter((recipe) => typeof recipe === 'object' && recipe !== null && 'trainer' in recipe)
    .map((recipe) => PlanRecipe.parse(recipe))
    .sort((a, b) => a.order - b.order)
}

/** Which conditions of the recipe this machine does not meet; empty: it fits. What could not be measured does not count. */
export function objections(recipe: PlanRecipe, device: Device, machine: MachineReport): Finding[] {
  const { host, disk } = machine
  const { computeCapability, driver, glibc } = recipe.machine
  const found: Finding[] = []
  const no = (code: string, params: Finding['params']) => found.push({ code, severity: 'error', params })
  if (host.platform !== 'linux') no('RECIPE_NOT_LINUX', { platform: host.platform })
  if (host.arch !== 'x64') no('RECIPE_ARCH', { arch: host.arch })
  const capability = device.computeCapability
  if (capability === null) no('RECIPE_CAPABILITY_UNKNOWN', { gpu: device.name })
  else if (compareVersions(capability, computeCapability.min) < 0)
    no('RECIPE_CAPABILITY_LOW', { gpu: device.name, has: capability, needs: computeCapability.min })
  else if (compareVersions(capability, computeCapability.max) > 0)
    no('RECIPE_CAPABILITY_HIGH', { gpu: device.name, has: capability, upTo: computeCapability.max })
  if (compareVersions(device.driver, driver) < 0)
    no('RECIPE_DRIVER_OLD', { has: device.driver, needs: driver, cuda: recipe.cuda })
  if (host.libc.state === 'found' && host.libc.value.name === 'musl') no('RECIPE_MUSL', { needs: glibc })
  else if (host.libc.state === 'found' && compareVersions(host.libc.value.version, glibc) < 0)
    no('RECIPE_GLIBC_OLD', { has: host.libc.value.version, needs: glibc })
  if (disk.noexec === true) no('RECIPE_DISK_NOEXEC', { path: disk.path })
  return found
}
