import type { PlanFinding } from '#contract'
import type { VerlDefaults } from './knowledge'
import { atLeast, type Situation } from './choice'

/** The options as they would be given, hand-made changes included; what is not set has verl's default. */
interface View extends Situation {
  get: (key: string) => string | null
  number: (key: string) => number | null
}

const ROLLOUT = 'actor_rollout_ref.rollout'
const ACTOR = 'actor_rollout_ref.actor'
const MODEL = 'actor_rollout_ref.model'

type Rule = (view: View) => PlanFinding[] | PlanFinding | null

const object = (code: string, keys: string[], params: PlanFinding['params'] = {}): PlanFinding => ({
  code,
  severity: 'error',
  keys,
  params,
})
const warn = (code: string, keys: string[], params: PlanFinding['params'] = {}): PlanFinding => ({
  ...object(code, keys, params),
  severity: 'warning',
})

/** verl/workers/config/actor.py and workers/fsdp_workers.py: the micro batch must be set, and divide mini batch x n. */
const microBatches: Rule = ({ number, algorithm }) => {
  const mini = `${ACTOR}.ppo_mini_batch_size`
  const roles = [{ micro: `${ACTOR}.ppo_micro_batch_size_per_gpu`, mini }]
  if (algorithm === 'ppo')
    roles.push({ micro: 'critic.ppo_micro_batch_size_per_gpu', mini: 'critic.ppo_mini_batch_size' })
  return roles.flatMap((role) => {
    const micro = number(role.micro)
    const answers = (number(role.mini) ?? 0) * (number(`${ROLLOUT}.n`) ?? 1)
    if (micro === null || micro < 1) return [object('RULE_MICRO_MISSING', [role.micro])]
    if (answers < micro) return [object('RULE_MICRO_LARGE', [role.micro, role.mini], { micro, answers })]
    return answers % micro === 0 ? [] : [object('RULE_MICRO_DIVIDES', [role.micro, role.mini], { micro, answers })]
  })
}

/** verl/workers/config/actor.py: train_batch_size must be at least the mini batch, and what is left over is lost. */
const miniBatch: Rule = ({ number, algorithm }) => {
  const batch = number('data.train_batch_size') ?? 0
  const minis = [`${ACTOR}.ppo_mini_batch_size`, ...(algorithm === 'ppo' ? ['critic.ppo_mini_batch_size'] : [])]
  return minis.flatMap((key) => {
    const mini = number(key) ?? 0
    if (mini > batch) return [object('RULE_MINI_LARGE', [key, 'data.train_batch_size'], { mini, batch })]
    if (mini < 1) return [object('RULE_POSITIVE', [key])]
    return batch % mini === 0 ? [] : [warn('RULE_MINI_REST', [key, 'data.train_batch_size'], { mini, batch })]
  })
}

/** verl/utils/config.py: both log-prob micro batches must be set when the role exists. */
const logProbBatches: Rule = ({ number, get }) => {
  const keys = [`${ROLLOUT}.log_prob_micro_batch_size_per_gpu`]
  if (get(`${ACTOR}.use_kl_loss`) === 'True') keys.push('actor_rollout_ref.ref.log_prob_micro_batch_size_per_gpu')
  return keys.filter((key) => (number(key) ?? 0) < 1).map((key) => object('RULE_MICRO_MISSING', [key]))
}

/** verl/protocol.py (0.7.0 to 0.8.0): answers are split over the agent workers in equal chunks, or the first rollout dies. */
const equalChunks: Rule = ({ number, recipe }) => {
  const key = `${ROLLOUT}.agent.num_workers`
  const workers = number(key) ?? 1
  const answers = (number('data.train_batch_size') ?? 0) * (number(`${ROLLOUT}.n`) ?? 1)
  if (recipe.rollout === 'hf' || (workers > 0 && answers % workers === 0)) return null
  return object('RULE_EQUAL_CHUNKS', [key, 'data.train_batch_size', `${ROLLOUT}.n`], { answers, workers })
}

/** One GPU: verl/workers/fsdp_workers.py asserts that the world can be divided by the engine's parallel size. */
const oneGpu: Rule = ({ number }) => {
  const wrong = [`${ROLLOUT}.tensor_model_parallel_size`, 'trainer.n_gpus_per_node', 'trainer.nnodes'].filter(
    (key) => number(key) !== 1,
  )
  return wrong.map((key) => object('RULE_ONE_GPU', [key]))
}

/** verl/trainer/ppo/core_algos.py: with one answer a prompt, GRPO's advantage is the raw score. */
const group: Rule = ({ number, algorithm }) =>
  algorithm === 'grpo' && (number(`${ROLLOUT}.n`) ?? 1) < 2 ? warn('RULE_GROUP', [`${ROLLOUT}.n`]) : null

/** vLLM's window, and what it takes in one pass (vllm/config: max_num_batched_tokens). */
const window: Rule = ({ number, get, model, recipe }) => {
  const lengths = ['data.max_prompt_length', 'data.max_response_length']
  const needed = lengths.reduce((sum, key) => sum + (number(key) ?? 0), 0)
  if (needed > model.maxPositions) return object('RULE_POSITIONS', lengths, { needed, positions: model.maxPositions })
  if (recipe.rollout !== 'vllm') return null
  const length = number(`${ROLLOUT}.max_model_len`) ?? model.maxPositions
  const batched = number(`${ROLLOUT}.max_num_batched_tokens`) ?? 8192
  const found: PlanFinding[] = []
  if (length < needed) found.push(object('RULE_WINDOW_SMALL', [`${ROLLOUT}.max_model_len`], { length, needed }))
  if (length > model.maxPositions)
    found.push(
      object('RULE_POSITIONS', [`${ROLLOUT}.max_model_len`], { needed: length, positions: model.maxPositions }),
    )
  if (batched < length && get(`${ROLLOUT}.enable_chunked_prefill`)?.toLowerCase() === 'false')
    found.push(object('RULE_BATCHED_TOKENS', [`${ROLLOUT}.max_num_batched_tokens`], { batched, length }))
  return found
}

const dtypeKeys = [
  `${ROLLOUT}.dtype`,
  `${ACTOR}.fsdp_config.dtype`,
  'actor_rollout_ref.ref.fsdp_config.dtype',
  `${ACTOR}.fsdp_config.mixed_precision.param_dtype`,
  'actor_rollout_ref.ref.fsdp_config.mixed_precision.param_dtype',
]

/** What the card computes in, and verl's spellings of it (verl/utils/torch_dtypes.py). */
const precision: Rule = ({ get, device }) =>
  dtypeKeys.flatMap((key) => {
    const value = get(key)
    if (value === null) return []
    const capability = device.computeCapability ?? '?'
    if (/^(bf16|bfloat16)$/.test(value))
      return atLeast(device.computeCapability, '8.0') ? [] : [object('RULE_BFLOAT16', [key], { capability })]
    if (/^(fp16|float16|16)$/.test(value))
      return atLeast(device.computeCapability, '7.0') ? [] : [object('RULE_FLOAT16', [key], { capability })]
    return /^(fp32|float32|32)$/.test(value) ? [] : [object('RULE_DTYPE', [key], { value })]
  })

/** FlashAttention-2 needs compute capability 8.0 and its package, which no recipe has: it must be built on the machine. */
const flashAttention: Rule = ({ get, recipe }) => {
  const has = recipe.packages.some((name) => name.startsWith('flash-attn'))
  const wanting = [
    ...(get(`${MODEL}.use_remove_padding`) === 'True' ? [`${MODEL}.use_remove_padding`] : []),
    ...(get(`${MODEL}.override_config.attn_implementation`)?.startsWith('flash') === true
      ? [`${MODEL}.override_config.attn_implementation`]
      : []),
  ]
  return has ? null : wanting.map((key) => object('RULE_FLASH', [key]))
}

/** Triton, which torch.compile uses, starts at 7.0; verl's hf rollout ended with 0.5.0; vLLM has no kernels below 7.0. */
const engines: Rule = ({ get, device, recipe }) => {
  const capability = device.computeCapability ?? '?'
  const old = !atLeast(device.computeCapability, '7.0')
  const name = get(`${ROLLOUT}.name`)
  const found: PlanFinding[] = []
  if (old && get(`${ACTOR}.use_torch_compile`)?.toLowerCase() === 'true')
    found.push(object('RULE_COMPILE', [`${ACTOR}.use_torch_compile`], { capability }))
  if (name !== recipe.rollout)
    found.push(
      object('RULE_ROLLOUT', [`${ROLLOUT}.name`], { name: name ?? '', recipe: recipe.id, has: recipe.rollout }),
    )
  return found
}

/** docs/advance/ppo_lora.rst: an adapter needs the real weights in the engine from the start. */
const adapter: Rule = ({ number, get, recipe }) => {
  if ((number(`${MODEL}.lora_rank`) ?? 0) === 0) return null
  if (recipe.rollout === 'hf') return null
  return get(`${ROLLOUT}.load_format`) === 'safetensors' ? null : object('RULE_LORA_FORMAT', [`${ROLLOUT}.load_format`])
}

/** verl/workers/rollout/vllm_rollout: the largest tensor must pass through the bucket whole. */
const bucket: Rule = ({ number, model, recipe, get }) => {
  if (recipe.rollout !== 'vllm') return null
  const key = [
    `${ROLLOUT}.checkpoint_engine.update_weights_bucket_megabytes`,
    `${ROLLOUT}.update_weights_bucket_megabytes`,
  ].find((name) => get(name) !== null)
  const has = (number(key ?? '') ?? 0) * 2 ** 20
  const needed = model.embeddingParameters * (get(`${ROLLOUT}.dtype`) === 'float32' ? 4 : 2)
  return key === undefined || has >= needed ? null : object('RULE_BUCKET', [key], { has, needed })
}

/** verl/trainer/ppo/ray_trainer.py: the last, smaller batch is dropped; with fewer rows than a batch none is left. */
const rows: Rule = ({ number, data }) => {
  const batch = number('data.train_batch_size') ?? 0
  return data !== null && data.rows < batch
    ? object('RULE_ROWS', ['data.train_batch_size'], { rows: data.rows, batch })
    : null
}

/** A prompt longer than the limit is left out (filter on) or breaks the batch (filter off). */
const prompts: Rule = ({ number, get, data }) => {
  const key = 'data.max_prompt_length'
  const limit = number(key) ?? 0
  if (data === null || data.prompt.p95 <= limit) return null
  const params = { limit, p95: data.prompt.p95, longest: data.prompt.max }
  return get('data.filter_overlong_prompts')?.toLowerCase() === 'true'
    ? warn('RULE_PROMPTS_LOST', [key], params)
    : object('RULE_PROMPTS_BREAK', [key, 'data.filter_overlong_prompts'], params)
}

/** The JSONL logger came with verl 0.6; wandb wants an account. */
const loggers: Rule = ({ get, recipe }) => {
  const value = get('trainer.logger') ?? ''
  if (recipe.verl === '0.5.0' && value.includes('file')) return object('RULE_LOGGER_FILE', ['trainer.logger'])
  return value.includes('wandb') ? warn('RULE_LOGGER_WANDB', ['trainer.logger']) : null
}

const rules: Rule[] = [
  microBatches,
  miniBatch,
  logProbBatches,
  equalChunks,
  oneGpu,
  group,
  window,
  precision,
  flashAttention,
  engines,
  adapter,
  bucket,
  rows,
  prompts,
  loggers,
]

/** Every rule that these options break, with the options it is about. Empty: none. */
export function checkOptions(
  situation: Situation,
  values: ReadonlyMap<string, string>,
  defaults: VerlDefaults,
): PlanFinding[] {
  const get = (key: string) => values.get(key) ?? defaults[key] ?? null
  const number = (key: string) => {
    const text = get(key)?.trim() ?? ''
    return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : null
  }
  return rules.flatMap((rule) => rule({ ...situation, get, number }) ?? [])
}

/** TRL's own arithmetic (trl/trainer/grpo_config.py): answers of a step must split into micro batches, groups of two or more. */
export function checkTrlOptions({ data }: Situation, values: ReadonlyMap<string, string>): PlanFinding[] {
  const number = (key: string) => Number(values.get(key))
  const answers = number('batch-size') * number('num-generations')
  const micro = number('micro-batch-size')
  const found: PlanFinding[] = []
  if (answers % micro !== 0)
    found.push(object('RULE_MICRO_DIVIDES', ['micro-batch-size', 'batch-size'], { micro, answers }))
  if (number('num-generations') < 2) found.push(object('RULE_GROUP', ['num-generations']))
  if (data !== null && data.rows < number('batch-size'))
    found.push(object('RULE_ROWS', ['batch-size'], { rows: data.rows, batch: number('batch-size') }))
  return found
}
