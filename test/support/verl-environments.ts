import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { loadRecipe, Recipe } from '../../main/core/env/recipe'

/** The shipped recipe of each verl whose environments the tests build. */
export const verlRecipes = {
  '0.5.0': 'pascal-verl-0.5',
  '0.6.1': 'turing-verl-0.6',
  '0.9.1': 'ampere-verl-0.9',
} as const
export type VerlVersion = keyof typeof verlRecipes

/** What needs a card, is torch for one, or is pinned by the other torch. */
const forCards =
  /^(vllm|torch|torchvision|torchaudio|triton|xformers|flashinfer-\w+|xgrammar|nvidia-[\w-]+|cuda-[\w-]+|cupy-[\w-]+|networkx)(\[|[=<>~ ]|$)/

/** Imported by verl 0.9's trainer and declared by vLLM alone. */
const broughtByVllm = ['cachetools', 'fastapi', 'uvicorn']

/**
 * The shipped recipe without the card: the same verl and the same pins, torch as its CPU build and no vLLM. What
 * can be imported without a GPU can so be checked for real.
 */
export async function cpuRecipe(verl: VerlVersion): Promise<Recipe> {
  const shipped = await loadRecipe(resolve('resources'), verlRecipes[verl])
  const packages = shipped.packages.filter((line) => !forCards.test(line)).map((line) => line.replace('[vllm]', ''))
  return Recipe.parse({
    ...shipped,
    id: `cpu-verl-${verl}`,
    packages: [...packages, 'torch==2.13.0', ...broughtByVllm],
    constraints: shipped.constraints.filter((line) => !forCards.test(line)),
    modules: shipped.modules.filter((name) => name !== 'vllm'),
    diskBytes: 4_000_000_000,
  })
}

/** Built once and kept between test runs: three environments take minutes the first time. */
export const keptRoot = () =>
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'verl-launchpad', 'verl-root')
