import type { Params } from '#contract'
import type { Choice, Situation } from './choice'
import { bytesOf } from './memory'

/**
 * Seconds for one step, from the card's datasheet figures and how much of them such programs reach. An order of
 * magnitude, not a promise: a finished run of the same plan says better. null: the card is not in resources/gpus.
 */
export function timeOf(
  { model, device, recipe }: Situation,
  choice: Choice,
): { secondsPerStep: number; rule: string; params: Params } | null {
  const { speed } = device
  if (speed === null) return null
  const answers = choice.batch * choice.n
  const tokens = answers * (choice.promptTokens + choice.responseTokens)
  const flops = (choice.dtype === 'float32' ? speed.fp32Tflops : speed.fp16Tflops) * 1e12 * reached.compute
  // Forward 2, backward 4, recomputation 2 a parameter and token; one more forward each for old and reference log-probs.
  const passes = 6 + (choice.checkpointing ? 2 : 0) + 2 + (choice.kl ? 2 : 0)
  const training = (passes * model.parameters * tokens * (choice.algorithm === 'ppo' ? 2 : 1)) / flops
  const rounds = Math.ceil(answers / choice.sequences)
  const weights = model.parameters * (recipe.rollout === 'hf' ? 4 : bytesOf[choice.dtype])
  const token = Math.max(
    weights / (speed.bandwidthGBs * 1e9 * reached.bandwidth),
    overhead[recipe.rollout] * model.layers,
  )
  const generating = rounds * choice.responseTokens * token
  const moved =
    (choice.offloadParams ? 3 : 0) * model.parameters * 4 + (choice.offloadOptimizer ? 2 : 0) * model.parameters * 8
  const moving = moved / reached.transfer
  const secondsPerStep = training + generating + moving + 1
  const params = {
    gpu: device.name,
    generating: Math.round(generating),
    training: Math.round(training),
    moving: Math.round(moving),
  }
  return { secondsPerStep, rule: 'time.datasheet', params }
}

/** Shares of the datasheet's figures, and bytes a second between host and card over PCIe 3. */
const reached = { compute: 0.3, bandwidth: 0.6, transfer: 8e9 }
/** Seconds a layer for one token of all sequences, when launching kernels takes longer than the work. */
const overhead = { hf: 0.0013, vllm: 0.0003 }
