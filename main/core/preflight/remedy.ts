import type { Finding, PreflightRemedy } from '#contract'

type Params = Finding['params']

const rollout = 'actor_rollout_ref.rollout'
const set = (key: string, value: string | number): PreflightRemedy => ({ change: 'set', key, value: String(value) })
const remove = (key: string): PreflightRemedy => ({ change: 'remove', key, value: null })
const environment: PreflightRemedy = { change: 'environment', key: null, value: null }
const data: PreflightRemedy = { change: 'data', key: null, value: null }
const text = (params: Params, name: string) => String(params[name] ?? '')

/** What is to be changed, by the code of the finding; a code that is not here has its advice in its sentence alone. */
const remedies: Record<string, (params: Params) => PreflightRemedy> = {
  // environment
  PREFLIGHT_MODULE_MISSING: () => environment,
  PREFLIGHT_VERL_IMPORT: () => environment,
  PREFLIGHT_TRANSFORMERS_NEW: () => environment,
  PREFLIGHT_WANDB_KEY: () => set('trainer.logger', '["console"]'),
  PREFLIGHT_FLASH_PADDING: () => set('actor_rollout_ref.model.use_remove_padding', 'False'),
  PREFLIGHT_FLASH_ATTENTION: () => set('actor_rollout_ref.model.override_config.attn_implementation', 'sdpa'),
  PREFLIGHT_FLASH_FIXED: () => environment,
  PREFLIGHT_CRITIC_FLASH: () => set('algorithm.adv_estimator', 'grpo'),
  PREFLIGHT_VARIABLE_UNREAD: (params) => remove(text(params, 'name')),
  PREFLIGHT_VARIABLE_OPTION: (params) => set(text(params, 'use'), text(params, 'value')),
  PREFLIGHT_EXPANDABLE_SEGMENTS: (params) => remove(text(params, 'name')),
  // config
  PREFLIGHT_OVERRIDE_UNQUOTED: (params) => words(params, text(params, 'best')),
  PREFLIGHT_KEY_MOVED: (params) => set(text(params, 'use'), text(params, 'value')),
  PREFLIGHT_KEY_NEAR: (params) => set(text(params, 'use'), text(params, 'value')),
  PREFLIGHT_KEY_IGNORED: (params) => set(text(params, 'use'), text(params, 'value')),
  PREFLIGHT_KEY_UNREAD: (params) => remove(text(params, 'key')),
  PREFLIGHT_KEY_UNKNOWN: (params) => remove(text(params, 'key')),
  PREFLIGHT_PLUS_TOO_MANY: (params) => words(params, text(params, 'override').replace(/^\++/, '')),
  PREFLIGHT_PLUS_MISSING: (params) => words(params, `+${text(params, 'override')}`),
  PREFLIGHT_WRONG_TYPE: (params) => set(text(params, 'key'), text(params, 'default')),
  // batch
  PREFLIGHT_MICRO_MISSING: (params) => set(text(params, 'key'), 1),
  PREFLIGHT_MICRO_BOTH: (params) => remove(text(params, 'key')),
  PREFLIGHT_LOSS_MODE: () => set('actor_rollout_ref.actor.loss_agg_mode', 'token-mean'),
  PREFLIGHT_MINI_OVER_BATCH: (params) => set(text(params, 'key'), text(params, 'batch')),
  PREFLIGHT_MICRO_OVER_MINI: (params) => set(text(params, 'key'), text(params, 'mini')),
  PREFLIGHT_MINI_UNEVEN: (params) => set(text(params, 'key'), text(params, 'best')),
  PREFLIGHT_SEQUENCE_PARALLEL: (params) => set(text(params, 'key'), 1),
  PREFLIGHT_AGENT_WORKERS: () => set(`${rollout}.agent.num_workers`, 1),
  PREFLIGHT_TEMPERATURE_ZERO: () => set(`${rollout}.temperature`, '1.0'),
  PREFLIGHT_TENSOR_PARALLEL: () => set(`${rollout}.tensor_model_parallel_size`, 1),
  PREFLIGHT_PIPELINE_PARALLEL: () => set(`${rollout}.pipeline_model_parallel_size`, 1),
  PREFLIGHT_HF_ROLLOUT_GONE: () => set(`${rollout}.name`, 'vllm'),
  PREFLIGHT_SYNC_GONE: (params) => remove(text(params, 'key')),
  PREFLIGHT_WINDOW_SHORT: (params) => set(`${rollout}.max_model_len`, text(params, 'needed')),
  PREFLIGHT_BATCHED_TOKENS: (params) => set(text(params, 'key'), text(params, 'best')),
  PREFLIGHT_GRPO_SINGLE: () => set(`${rollout}.n`, 4),
  PREFLIGHT_KL_DEAD: () => set('algorithm.use_kl_in_reward', 'True'),
  PREFLIGHT_KL_LOSS_DEAD: () => set('actor_rollout_ref.actor.use_kl_loss', 'True'),
  PREFLIGHT_NO_KL: () => set('actor_rollout_ref.actor.use_kl_loss', 'True'),
  PREFLIGHT_KL_TWICE: () => set('algorithm.use_kl_in_reward', 'False'),
  PREFLIGHT_BATCH_ONE: () => set('data.train_batch_size', 8),
  PREFLIGHT_BUCKET_SMALL: (params) => set(text(params, 'key'), text(params, 'needed')),
  PREFLIGHT_PATH_SLASH: (params) => set(text(params, 'key'), text(params, 'best')),
  // data and reward
  PREFLIGHT_DATA_MISSING: () => data,
  PREFLIGHT_DATA_UNREAD: () => data,
  PREFLIGHT_DATA_PREFERENCES: () => data,
  PREFLIGHT_COLUMN_MISSING: () => data,
  PREFLIGHT_PROMPT_PLAIN: () => data,
  PREFLIGHT_PROMPT_EMPTY: () => data,
  PREFLIGHT_TRUTH_MISSING: () => data,
  PREFLIGHT_TRUTH_TYPE: () => data,
  PREFLIGHT_EXTRA_INFO: () => data,
  PREFLIGHT_BOXED: () => data,
  PREFLIGHT_ROWS_FEW: (params) => set('data.train_batch_size', text(params, 'rows')),
  PREFLIGHT_PROMPTS_ALL_LONG: (params) => set('data.max_prompt_length', text(params, 'longest')),
  PREFLIGHT_PROMPTS_LONG: () => set('data.filter_overlong_prompts', 'True'),
  PREFLIGHT_REWARD_UNKNOWN: () => data,
  PREFLIGHT_REWARD_FLAT: () => data,
  // engine, gpu, machine, disk
  PREFLIGHT_ENGINE_MISSING: () => environment,
  PREFLIGHT_ENGINE_UNKNOWN: () => set(`${rollout}.name`, 'vllm'),
  PREFLIGHT_ENGINE_CAPABILITY: () => environment,
  PREFLIGHT_NO_GPU: () => environment,
  PREFLIGHT_TORCH_ARCH: () => environment,
  PREFLIGHT_GPUS_FEW: (params) => set('trainer.n_gpus_per_node', text(params, 'gpus')),
  PREFLIGHT_BF16: (params) => set(text(params, 'key'), 'float16'),
  PREFLIGHT_RAY_CPUS: (params) => set(text(params, 'key'), text(params, 'wanted')),
  PREFLIGHT_DISK_CHECKPOINTS: () => set('trainer.max_actor_ckpt_to_keep', 1),
  PREFLIGHT_MANY_CHECKPOINTS: () => set('trainer.max_actor_ckpt_to_keep', 2),
}

const words = (params: Params, word: string): PreflightRemedy => ({
  change: 'words',
  key: text(params, 'key'),
  value: word,
})

/** null: only its sentence helps. */
export const remedyOf = ({ code, params }: Pick<Finding, 'code' | 'params'>): PreflightRemedy | null =>
  remedies[code]?.(params) ?? null
