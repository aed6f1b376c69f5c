import type { Plan, PlanFinding, PlannedValue } from '#contract'

const areas = [
  'data',
  'model',
  'actor',
  'rollout',
  'reference',
  'critic',
  'algorithm',
  'trainer',
  'other',
  'environment',
] as const
type Area = (typeof areas)[number]

const prefixes: [string, Area][] = [
  ['data.', 'data'],
  ['actor_rollout_ref.model.', 'model'],
  ['actor_rollout_ref.actor.', 'actor'],
  ['actor_rollout_ref.rollout.', 'rollout'],
  ['actor_rollout_ref.ref.', 'reference'],
  ['critic.', 'critic'],
  ['algorithm.', 'algorithm'],
  ['trainer.', 'trainer'],
]

/** TRL's trainer has plain names for the same things. */
const trlAreas: Record<string, Area> = {
  model: 'model',
  train: 'data',
  val: 'data',
  'batch-size': 'data',
  'max-prompt-length': 'data',
  'max-response-length': 'data',
  'num-generations': 'rollout',
  'micro-batch-size': 'actor',
  'learning-rate': 'actor',
  beta: 'algorithm',
  steps: 'trainer',
  'save-every': 'trainer',
  output: 'trainer',
  metrics: 'trainer',
}

/** Hydra's "+" says how a key is set, not what it is. */
export const bareKey = (key: string): string => key.replace(/^\+{1,2}/, '')

function areaOf(key: string): Area {
  const bare = bareKey(key)
  return prefixes.find(([prefix]) => bare.startsWith(prefix))?.[1] ?? trlAreas[bare] ?? 'other'
}

/** Names in plain words for the options that people meet first; the rest are known by their keys. */
const names = {
  'data.train_files': 'trainFiles',
  'data.val_files': 'valFiles',
  'data.train_batch_size': 'trainBatch',
  'data.max_prompt_length': 'promptLength',
  'data.max_response_length': 'responseLength',
  'actor_rollout_ref.model.path': 'modelPath',
  'actor_rollout_ref.model.use_remove_padding': 'removePadding',
  'actor_rollout_ref.model.enable_gradient_checkpointing': 'checkpointing',
  'actor_rollout_ref.model.override_config.attn_implementation': 'attention',
  'actor_rollout_ref.model.lora_rank': 'loraRank',
  'actor_rollout_ref.model.lora_alpha': 'loraAlpha',
  'actor_rollout_ref.actor.optim.lr': 'learningRate',
  'actor_rollout_ref.actor.ppo_mini_batch_size': 'miniBatch',
  'actor_rollout_ref.actor.ppo_micro_batch_size_per_gpu': 'microBatch',
  'actor_rollout_ref.actor.use_kl_loss': 'klLoss',
  'actor_rollout_ref.actor.kl_loss_coef': 'klCoefficient',
  'actor_rollout_ref.actor.fsdp_config.param_offload': 'paramOffload',
  'actor_rollout_ref.actor.fsdp_config.optimizer_offload': 'optimizerOffload',
  'actor_rollout_ref.actor.fsdp_config.dtype': 'dtype',
  'actor_rollout_ref.actor.fsdp_config.model_dtype': 'weightDtype',
  'actor_rollout_ref.actor.use_torch_compile': 'compile',
  'actor_rollout_ref.rollout.name': 'rolloutName',
  'actor_rollout_ref.rollout.n': 'rolloutN',
  'actor_rollout_ref.rollout.dtype': 'rolloutDtype',
  'actor_rollout_ref.rollout.gpu_memory_utilization': 'gpuShare',
  'actor_rollout_ref.rollout.max_model_len': 'maxModelLen',
  'actor_rollout_ref.rollout.max_num_batched_tokens': 'batchedTokens',
  'actor_rollout_ref.rollout.max_num_seqs': 'maxSeqs',
  'actor_rollout_ref.rollout.enforce_eager': 'enforceEager',
  'actor_rollout_ref.rollout.temperature': 'temperature',
  'algorithm.adv_estimator': 'algorithm',
  'trainer.logger': 'logger',
  'trainer.val_before_train': 'valBefore',
  'trainer.save_freq': 'saveFreq',
  'trainer.test_freq': 'testFreq',
  'trainer.total_epochs': 'epochs',
  'trainer.total_training_steps': 'totalSteps',
  'data.filter_overlong_prompts': 'filterPrompts',
  'data.seed': 'seed',
  model: 'modelPath',
  train: 'trainFiles',
  val: 'valFiles',
  steps: 'totalSteps',
  'batch-size': 'trainBatch',
  'num-generations': 'rolloutN',
  'micro-batch-size': 'microBatch',
  'max-prompt-length': 'promptLength',
  'max-response-length': 'responseLength',
  'learning-rate': 'learningRate',
  beta: 'klCoefficient',
  'save-every': 'saveFreq',
} as const
export type OptionName = (typeof names)[keyof typeof names]

const isNamed = (key: string): key is keyof typeof names => Object.hasOwn(names, key)

export function nameOf(key: string): OptionName | null {
  const bare = bareKey(key)
  return isNamed(bare) ? names[bare] : null
}

function canonical(value: string): string {
  const bare = value.trim().replace(/^(['"])(.*)\1$/, '$2')
  if (/^(true|false|none|null)$/i.test(bare)) return bare.toLowerCase().replace('none', 'null')
  const number = bare === '' ? Number.NaN : Number(bare)
  return Number.isFinite(number) ? String(number) : bare
}

/** Written differently and the same: 1e-6 and 0.000001, True and true. */
export const isSame = (a: string, b: string): boolean => canonical(a) === canonical(b)

const differs = (value: string, other: string | null): boolean => other !== null && !isSame(value, other)

export interface Option {
  value: PlannedValue
  area: Area
  /** From the value of the tutorial, of verl; not said there is no difference. */
  fromTutorial: boolean
  fromDefault: boolean
  findings: PlanFinding[]
}

export interface Group {
  area: Area
  options: Option[]
}

export interface Sieve {
  /** Part of a key, of a value, or of the name in plain words. */
  text: string
  differing: boolean
}

/** Changed by hand and objected to are always of interest, whatever they are compared with. */
const isOfInterest = ({ value, fromTutorial, fromDefault, findings }: Option): boolean =>
  fromTutorial || fromDefault || value.planned !== null || findings.length > 0

function optionsOf(plan: Plan): Option[] {
  const option = (value: PlannedValue, area: Area): Option => ({
    value,
    area,
    fromTutorial: differs(value.value, value.tutorial),
    fromDefault: differs(value.value, value.verlDefault),
    findings: plan.findings.filter(({ keys }) => keys.includes(value.key)),
  })
  return [
    ...plan.overrides.map((value) => option(value, areaOf(value.key))),
    ...plan.env.map((value) => option(value, 'environment')),
  ]
}

/** The options by what they belong to, in the order in which a training meets them. */
export function groupsOf(plan: Plan, sieve: Sieve, nameFor: (key: string) => string | null): Group[] {
  const sought = sieve.text.trim().toLowerCase()
  const matches = ({ value }: Option) =>
    [value.key, value.value, nameFor(value.key) ?? ''].some((text) => text.toLowerCase().includes(sought))
  const shown = optionsOf(plan).filter(
    (option) => (!sieve.differing || isOfInterest(option)) && (sought === '' || matches(option)),
  )
  return areas
    .map((area) => ({ area, options: shown.filter((option) => option.area === area) }))
    .filter(({ options }) => options.length > 0)
}

export const changedOf = ({ overrides, env }: Plan): PlannedValue[] =>
  [...overrides, ...env].filter(({ planned }) => planned !== null)
