import type { ComponentHealth, ComponentId, Finding, ProbeReport } from '#contract'
import type { Recipe } from './recipe'
import type { Unwhole } from './records'

/** What a look at an environment brought; pure data, so that the verdict below needs no machine. */
export interface Seen {
  recipe: Recipe
  pythonStarts: boolean
  unwhole: Unwhole[]
  /** Installed at a version the lock does not know, or not locked at all. */
  added: string[]
  /** null: the recipe has none, or they fit. */
  patchTrouble: string | null
  /** null: it could not be made. */
  probe: ProbeReport | null
}

/** Codes a probe gives that are about the card, not about what is installed. */
const aboutCards = [
  'NO_KERNEL_FOR_CARD',
  'CUDA_DRIVER_TOO_OLD',
  'CUDA_DRIVER_MISSING',
  'CUDA_UNUSABLE',
  'CUDA_BUILD_MISSING',
  'PRODUCT_FAILED',
  'BFLOAT16_EMULATED',
  'FLASH_ATTENTION_CARD',
  'NCCL_FAILED',
]

/** The verdict for each part. */
export function healthOf(seen: Seen): ComponentHealth[] {
  const python: Finding[] = seen.pythonStarts ? [] : [error('PYTHON_BROKEN', {})]
  const patches: Finding[] =
    seen.patchTrouble === null ? [] : [error('PATCHES_DO_NOT_FIT', { detail: seen.patchTrouble })]
  const forCpu = seen.recipe.torchIndex?.endsWith('/cpu') === true
  // A recipe that asks for the CPU build has nothing to do with the card beside it.
  const probed = (seen.probe?.findings ?? []).filter(({ code }) => !(forCpu && code === 'CUDA_BUILD_MISSING'))
  const cards = probed.filter(({ code }) => aboutCards.includes(code))
  const imports = probed.filter(({ code }) => !aboutCards.includes(code))
  return [
    part('python', python),
    part('packages', [...seen.unwhole.map(packageFinding), ...addedFinding(seen.added)]),
    seen.recipe.patches === null ? none('patches') : part('patches', patches),
    seen.probe === null ? { id: 'imports', state: 'unknown', findings: [] } : part('imports', imports),
    seen.probe === null || (seen.probe.gpus.length === 0 && cards.length === 0) ? none('card') : part('card', cards),
  ]
}

/** Of an environment whose every step has just been verified. */
export const healthyParts = (recipe: Recipe, probe: ProbeReport): ComponentHealth[] =>
  healthOf({ recipe, pythonStarts: true, unwhole: [], added: [], patchTrouble: null, probe })

export const isBroken = (health: ComponentHealth[]) => health.some(({ state }) => state === 'broken')

function part(id: ComponentId, findings: Finding[]): ComponentHealth {
  const worst = findings.some(({ severity }) => severity === 'error')
    ? 'broken'
    : findings.some(({ severity }) => severity === 'warning')
      ? 'warning'
      : 'ok'
  return { id, state: worst, findings }
}

const none = (id: ComponentId): ComponentHealth => ({ id, state: 'none', findings: [] })

const error = (code: string, params: Finding['params']): Finding => ({ code, severity: 'error', params })

function packageFinding({ name, version, state, installed, files, count }: Unwhole): Finding {
  if (state === 'absent') return error('PACKAGE_MISSING', { package: name, version })
  if (state === 'changed')
    return error('PACKAGE_CHANGED', { package: name, locked: version, installed: installed ?? '' })
  return error('PACKAGE_DAMAGED', { package: name, count, example: files[0] ?? '' })
}

const addedFinding = (names: string[]): Finding[] =>
  names.length === 0 ? [] : [{ code: 'PACKAGES_ADDED', severity: 'warning', params: { packages: names.join(', ') } }]
