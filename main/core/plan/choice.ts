import type { DataFacts, ModelFacts, PlanAlgorithm, PlanGoal } from '#contract'
import { compareVersions } from './versions'
import type { Device } from './devices'
import type { PlanRecipe } from './recipes'

type Dtype = 'float32' | 'float16' | 'bfloat16'

/** Everything a plan decides. Lengths in tokens, batches in prompts, micro batches in answers. */
export interface Choice {
  algorithm: PlanAlgorithm
  /** 0: all weights are trained. */
  loraRank: number
  dtype: Dtype
  attention: 'sdpa' | 'eager'
  /** A KL term against the starting model, which is then held too. */
  kl: boolean
  batch: number
  mini: number
  n: number
  promptTokens: number
  responseTokens: number
  micro: number
  logProbMicro: number
  offloadParams: boolean
  offloadOptimizer: boolean
  checkpointing: boolean
  /** Sequences generated at once: vLLM's max_num_seqs, or answers in one chunk of the hf rollout. */
  sequences: number
  /** What vLLM may take of the card, and how much of it its cache of keys and values gets. */
  engineBytes: number
}

export interface Situation {
  model: ModelFacts
  data: DataFacts | null
  device: Device
  recipe: PlanRecipe
  algorithm: PlanAlgorithm
  goal: PlanGoal
}

/** bfloat16 needs compute capability 8.0 (tensor cores and range), float16 7.0; below that nothing but float32 is sound. */
export function dtypeFor(computeCapability: string | null, recipe: PlanRecipe): Dtype {
  if (recipe.trainer === 'trl') return atLeast(computeCapability, '8.0') ? 'bfloat16' : 'float32'
  if (atLeast(computeCapability, '8.0')) return 'bfloat16'
  return atLeast(computeCapability, '7.0') ? 'float16' : 'float32'
}

export const atLeast = (capability: string | null, wanted: string): boolean =>
  capability !== null && compareVersions(capability, wanted) >= 0
