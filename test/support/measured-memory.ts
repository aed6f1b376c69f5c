import { readFileSync } from 'node:fs'
import * as z from 'zod'
import type { MemoryPhase } from '#contract'
import type { Choice } from '../../main/core/plan/choice'
import { memoryTable } from '../../main/core/plan/memory'
import { ModelShape, sizeOf } from '../../main/core/plan/model-shape'
import type { PlanRecipe } from '../../main/core/plan/recipes'

/** test/gpu/measure_memory.py's output on a real card: two training steps of verl 0.5.0 a case. */
const Measured = z.object({
  cases: z.array(
    z.looseObject({
      name: z.string(),
      error: z.string().nullish(),
      settings: z.looseObject({
        shape: z.looseObject({}).optional(),
        algorithm: z.enum(['grpo', 'gae']),
        dtype: z.enum(['float32', 'float16', 'bfloat16']),
        attention: z.enum(['eager', 'sdpa']),
        micro: z.number(),
        prompts: z.number(),
        n: z.number(),
        promptLength: z.number(),
        responseLength: z.number(),
        offload: z.boolean(),
        checkpointing: z.boolean(),
        klLoss: z.boolean(),
        loraRank: z.number(),
        refModelDtype: z.string().nullable(),
        expandable: z.boolean().optional(),
      }),
      processPeak: z.number().nullish(),
      phases: z.array(z.object({ phase: z.string(), peakAllocated: z.number(), hostPeak: z.number() })).optional(),
    }),
  ),
})

const phases: Record<string, MemoryPhase> = {
  init: 'start',
  rollout: 'rollout',
  log_prob: 'logProb',
  ref: 'logProb',
  values: 'logProb',
  update_actor: 'update',
  update_critic: 'update',
}

export interface Comparison {
  name: string
  /** Bytes allocated by torch at the peak of each phase: what the table says (without the context) and what was seen. */
  phases: { phase: MemoryPhase; planned: number; measured: number }[]
  peak: { planned: number; measured: number }
  /** The whole process on the card, where the allocator was set as a plan sets it. */
  process: { planned: number; measured: number } | null
  host: { planned: number; measured: number }
}

/** Each measured case that ran both steps with settings a plan can have, beside what the memory table says of it. */
export function compareMemory(recipe: PlanRecipe): Comparison[] {
  const { cases } = Measured.parse(JSON.parse(readFileSync('test/fixtures/memory/h100-verl-0.5.0.json', 'utf8')))
  return cases.flatMap(({ name, settings: s, processPeak, phases: seen }) => {
    const updates = seen?.filter(({ phase }) => phase === 'update_actor').length ?? 0
    if (seen === undefined || updates < 2 || s.refModelDtype !== null) return []
    const shape = { architectures: ['Qwen2ForCausalLM'], max_position_embeddings: 32768, ...s.shape }
    const choice: Choice = {
      algorithm: s.algorithm === 'gae' ? 'ppo' : 'grpo',
      loraRank: s.loraRank,
      dtype: s.dtype,
      attention: s.attention,
      kl: s.klLoss,
      batch: s.prompts,
      mini: s.prompts,
      n: s.n,
      promptTokens: s.promptLength,
      responseTokens: s.responseLength,
      micro: s.micro,
      logProbMicro: s.micro,
      offloadParams: s.offload,
      offloadOptimizer: s.offload,
      checkpointing: s.checkpointing,
      sequences: s.prompts * s.n,
      engineBytes: 0,
    }
    const much = 2 ** 40
    const room = { gpuTotalBytes: much, gpuFreeBytes: much, hostTotalBytes: much, hostFreeBytes: much, largeCard: true }
    const table = memoryTable(sizeOf(name, ModelShape.parse(shape)), recipe, choice, room)
    const compared = table.gpu.phases.flatMap(({ phase, parts, totalBytes }) => {
      const peaks = seen.filter((one) => phases[one.phase] === phase).map((one) => one.peakAllocated)
      if (peaks.length === 0) return []
      return [{ phase, planned: totalBytes - (parts.context ?? 0), measured: Math.max(...peaks) }]
    })
    const most = (pick: (one: (typeof compared)[number]) => number) => Math.max(...compared.map(pick))
    return [
      {
        name,
        phases: compared,
        peak: { planned: most(({ planned }) => planned), measured: most(({ measured }) => measured) },
        process:
          s.expandable === true && typeof processPeak === 'number'
            ? { planned: table.gpu.peakBytes, measured: processPeak }
            : null,
        host: { planned: table.host.peakBytes, measured: Math.max(...seen.map(({ hostPeak }) => hostPeak)) },
      },
    ]
  })
}
