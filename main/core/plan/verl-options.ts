import { atLeast } from './choice'
import { masterBytes } from './memory'
import { attention, count, dtype, flag, named, rank, yes, type OptionContext, type OptionRow } from './option'
import { rayOptions } from './ray-options'

/** The options of verl for a choice, in the order in which a person reads them. */
export function verlOptions(context: OptionContext): OptionRow[] {
  return [
    ...data(context),
    ...model(context),
    ...actor(context),
    ...reference(context),
    ...rollout(context),
    ...critic(context),
    ...algorithm(context),
    ...trainer(context),
  ]
}

function data(context: OptionContext): OptionRow[] {
  const { choice, data: facts, defaults } = context
  const folder = facts === null ? '<data>' : facts.name
  return [
    { key: 'data.train_files', value: `${folder}/train.parquet`, rule: 'data.files' },
    { key: 'data.val_files', value: `${folder}/test.parquet`, rule: 'data.validation' },
    {
      key: 'data.train_batch_size',
      value: String(choice.batch),
      rule: 'batch.prompts',
      params: { answers: choice.batch * choice.n, n: choice.n },
      read: count('batch'),
    },
    {
      key: 'data.max_prompt_length',
      value: String(choice.promptTokens),
      rule: facts === null ? 'length.prompt-usual' : 'length.prompt-data',
      params: facts === null ? {} : { longest: facts.prompt.max, p95: facts.prompt.p95 },
      read: count('promptTokens'),
    },
    {
      key: 'data.max_response_length',
      value: String(choice.responseTokens),
      rule: 'length.response',
      read: count('responseTokens'),
    },
    { key: 'data.filter_overlong_prompts', value: 'True', rule: 'length.filter' },
    { key: 'data.seed', value: '42', rule: 'data.seed' },
    // verl before 0.6 does not read it.
    ...('data.val_max_samples' in defaults
      ? [{ key: 'data.val_max_samples', value: '64', rule: 'data.validation-sample' }]
      : []),
  ]
}

function model(context: OptionContext): OptionRow[] {
  const { choice, model: facts, device } = context
  const capability = device.computeCapability ?? ''
  return [
    { key: 'actor_rollout_ref.model.path', value: facts.folder ?? `<${facts.name}>`, rule: 'model.path' },
    // The patch set reads it too (resources/patches), where verl itself has it fixed.
    {
      key: 'actor_rollout_ref.model.override_config.attn_implementation',
      value: choice.attention,
      rule: atLeast(capability, '8.0') ? 'attention.sdpa' : 'attention.no-flash',
      params: { capability },
      read: attention,
    },
    { key: 'actor_rollout_ref.model.use_remove_padding', value: 'False', rule: 'attention.keep-padding' },
    {
      key: 'actor_rollout_ref.model.enable_gradient_checkpointing',
      value: yes(choice.checkpointing),
      rule: choice.checkpointing ? 'memory.checkpointing' : 'memory.no-checkpointing',
      read: flag('checkpointing'),
    },
    ...(choice.loraRank > 0
      ? [
          {
            key: 'actor_rollout_ref.model.lora_rank',
            value: String(choice.loraRank),
            rule: 'lora.rank',
            params: { needed: facts.parameters * 16 },
            read: rank,
          },
          { key: 'actor_rollout_ref.model.lora_alpha', value: String(choice.loraRank), rule: 'lora.alpha' },
          { key: 'actor_rollout_ref.model.target_modules', value: 'all-linear', rule: 'lora.target' },
        ]
      : []),
  ]
}

function actor(context: OptionContext): OptionRow[] {
  const { choice, recipe, device } = context
  const fsdp = 'actor_rollout_ref.actor.fsdp_config'
  const capability = device.computeCapability ?? ''
  return [
    {
      key: 'actor_rollout_ref.actor.optim.lr',
      value: choice.loraRank > 0 ? '1e-5' : '1e-6',
      rule: choice.loraRank > 0 ? 'rate.lora' : 'rate.full',
    },
    {
      key: 'actor_rollout_ref.actor.ppo_mini_batch_size',
      value: String(choice.mini),
      rule: 'batch.mini',
      read: count('mini'),
    },
    {
      key: 'actor_rollout_ref.actor.ppo_micro_batch_size_per_gpu',
      value: String(choice.micro),
      rule: 'batch.micro',
      read: count('micro'),
    },
    ...kl(context),
    ...precision(context, 'actor'),
    ...(masterBytes(choice) === 2 ? [{ key: `${fsdp}.model_dtype`, value: 'bf16', rule: 'precision.frozen' }] : []),
    {
      key: `${fsdp}.param_offload`,
      value: yes(choice.offloadParams),
      rule: choice.offloadParams ? 'offload.params' : 'offload.not-needed',
      read: flag('offloadParams'),
    },
    {
      key: `${fsdp}.optimizer_offload`,
      value: yes(choice.offloadOptimizer),
      rule: choice.offloadOptimizer ? 'offload.optimizer' : 'offload.not-needed',
      read: flag('offloadOptimizer'),
    },
    ...(choice.loraRank > 0 && recipe.rollout === 'hf'
      ? [{ key: `${fsdp}.use_orig_params`, value: 'True', rule: 'lora.orig-params' }]
      : []),
    ...(recipe.rollout === 'hf' || !atLeast(capability, '7.0')
      ? [
          {
            key: 'actor_rollout_ref.actor.use_torch_compile',
            value: 'False',
            rule: 'compile.too-old',
            params: { capability },
          },
        ]
      : []),
  ]
}

function kl({ choice }: OptionContext): OptionRow[] {
  if (choice.algorithm !== 'grpo') return []
  const row: OptionRow = {
    key: 'actor_rollout_ref.actor.use_kl_loss',
    value: yes(choice.kl),
    rule: choice.kl ? 'kl.loss' : 'kl.off',
    read: flag('kl'),
  }
  if (!choice.kl) return [row]
  return [
    row,
    { key: 'actor_rollout_ref.actor.kl_loss_coef', value: '0.001', rule: 'kl.coefficient' },
    { key: 'actor_rollout_ref.actor.kl_loss_type', value: 'low_var_kl', rule: 'kl.type' },
  ]
}

const why = { bfloat16: 'precision.bfloat16', float16: 'precision.float16', float32: 'precision.float32' }
const short = { bfloat16: 'bf16', float16: 'fp16', float32: 'fp32' }

/** The computing type of a role. Before 0.6.1 there is no `dtype`, but FSDP's own table can be added. */
function precision({ choice, defaults, device }: OptionContext, role: 'actor' | 'ref'): OptionRow[] {
  const fsdp = `actor_rollout_ref.${role}.fsdp_config`
  const rule = why[choice.dtype]
  const params = { capability: device.computeCapability ?? '' }
  if (`${fsdp}.dtype` in defaults) return [{ key: `${fsdp}.dtype`, value: choice.dtype, rule, params, read: dtype }]
  return ['param_dtype', 'reduce_dtype', 'buffer_dtype'].map((name) => ({
    key: `${fsdp}.mixed_precision.${name}`,
    value: name === 'param_dtype' ? short[choice.dtype] : 'fp32',
    rule,
    params,
    ...(name === 'param_dtype' ? { read: dtype } : {}),
  }))
}

function reference(context: OptionContext): OptionRow[] {
  const { choice } = context
  if (!choice.kl) return []
  return [
    {
      key: 'actor_rollout_ref.ref.log_prob_micro_batch_size_per_gpu',
      value: String(choice.logProbMicro),
      rule: 'batch.log-prob',
      read: count('logProbMicro'),
    },
    ...precision(context, 'ref'),
    // verl 0.5 stores it so by itself, and has no option for it.
    ...('actor_rollout_ref.ref.fsdp_config.model_dtype' in context.defaults
      ? [{ key: 'actor_rollout_ref.ref.fsdp_config.model_dtype', value: 'bf16', rule: 'precision.reference' }]
      : []),
  ]
}

function rollout(context: OptionContext): OptionRow[] {
  const { choice, recipe } = context
  const at = 'actor_rollout_ref.rollout'
  const capability = context.device.computeCapability ?? ''
  const shared: OptionRow[] = [
    {
      key: `${at}.n`,
      value: String(choice.n),
      rule: choice.algorithm === 'grpo' ? 'rollout.group' : 'rollout.single',
      read: count('n'),
    },
    {
      key: `${at}.log_prob_micro_batch_size_per_gpu`,
      value: String(choice.logProbMicro),
      rule: 'batch.log-prob',
      read: count('logProbMicro'),
    },
    { key: `${at}.tensor_model_parallel_size`, value: '1', rule: 'rollout.one-gpu' },
  ]
  return recipe.rollout === 'hf'
    ? [
        {
          key: `${at}.name`,
          value: 'hf',
          rule: 'rollout.hf',
          params: { capability },
        },
        ...shared,
        // The patch set takes it from here; verl 0.5.0 itself always generates in bfloat16.
        { key: `${at}.dtype`, value: choice.dtype, rule: why[choice.dtype], params: { capability } },
        {
          key: `${at}.micro_batch_size`,
          value: String(choice.sequences),
          rule: 'rollout.chunk',
          read: count('sequences'),
        },
      ]
    : [{ key: `${at}.name`, value: 'vllm', rule: 'rollout.vllm' }, ...shared, ...engine(context)]
}

/** vLLM's own options. */
function engine(context: OptionContext): OptionRow[] {
  const { choice, model: facts, device } = context
  const at = 'actor_rollout_ref.rollout'
  const window = choice.promptTokens + choice.responseTokens
  const total = device.memoryTotalBytes
  // The largest tensor must pass through the bucket whole: the embedding (verl/workers/rollout/vllm_rollout).
  const bucket = Math.max(
    512,
    Math.ceil((facts.embeddingParameters * (choice.dtype === 'float32' ? 4 : 2)) / 2 ** 20) + 16,
  )
  return [
    {
      key: `${at}.dtype`,
      value: choice.dtype,
      rule: why[choice.dtype],
      params: { capability: device.computeCapability ?? '' },
    },
    {
      key: `${at}.gpu_memory_utilization`,
      value: (Math.floor((choice.engineBytes / total) * 10_000) / 10_000).toString(),
      rule: 'rollout.utilization',
      params: { engine: choice.engineBytes, total },
      read: (before, text) => {
        const share = Number(text)
        return share > 0 && share <= 1 ? { ...before, engineBytes: share * total } : null
      },
    },
    {
      key: `${at}.max_model_len`,
      value: String(window),
      rule: 'rollout.window',
      params: { positions: facts.maxPositions },
    },
    {
      key: `${at}.max_num_batched_tokens`,
      value: String(Math.max(window, 2048)),
      rule: 'rollout.batched-tokens',
      params: { window },
    },
    {
      key: `${at}.max_num_seqs`,
      value: String(choice.sequences),
      rule: 'rollout.sequences',
      read: count('sequences'),
    },
    { key: `${at}.enforce_eager`, value: 'True', rule: 'rollout.eager' },
    { key: `${at}.agent.num_workers`, value: '1', rule: 'rollout.workers' },
    {
      key: named(
        context,
        `${at}.checkpoint_engine.update_weights_bucket_megabytes`,
        `${at}.update_weights_bucket_megabytes`,
      ),
      value: String(bucket),
      rule: 'rollout.bucket',
      params: { largest: facts.embeddingParameters * 2 },
    },
    ...(choice.loraRank > 0
      ? [
          { key: `${at}.load_format`, value: 'safetensors', rule: 'lora.load-format' },
          { key: `${at}.layered_summon`, value: 'True', rule: 'lora.layered-summon' },
        ]
      : []),
  ]
}

function critic(context: OptionContext): OptionRow[] {
  const { choice, model: facts } = context
  if (choice.algorithm !== 'ppo') return []
  const offload = (name: string) => named(context, `critic.fsdp.${name}`, `critic.model.fsdp_config.${name}`)
  return [
    { key: 'critic.model.path', value: facts.folder ?? `<${facts.name}>`, rule: 'critic.model' },
    { key: 'critic.optim.lr', value: '1e-5', rule: 'critic.rate' },
    { key: 'critic.ppo_mini_batch_size', value: String(choice.mini), rule: 'batch.mini' },
    { key: 'critic.ppo_micro_batch_size_per_gpu', value: String(choice.micro), rule: 'batch.micro' },
    { key: 'critic.model.use_remove_padding', value: 'False', rule: 'attention.keep-padding' },
    {
      key: 'critic.model.enable_gradient_checkpointing',
      value: yes(choice.checkpointing),
      rule: 'memory.checkpointing',
    },
    {
      key: offload('param_offload'),
      value: yes(choice.offloadParams),
      rule: choice.offloadParams ? 'offload.params' : 'offload.not-needed',
    },
    {
      key: offload('optimizer_offload'),
      value: yes(choice.offloadOptimizer),
      rule: choice.offloadOptimizer ? 'offload.optimizer' : 'offload.not-needed',
    },
  ]
}

function algorithm({ choice }: OptionContext): OptionRow[] {
  const grpo = choice.algorithm === 'grpo'
  return [
    { key: 'algorithm.adv_estimator', value: grpo ? 'grpo' : 'gae', rule: grpo ? 'algorithm.grpo' : 'algorithm.ppo' },
    { key: 'algorithm.use_kl_in_reward', value: 'False', rule: grpo ? 'kl.not-in-reward' : 'kl.off' },
  ]
}

function trainer(context: OptionContext): OptionRow[] {
  const { schedule, recipe } = context
  const { epochs, steps, saveEvery, checkpointBytes } = schedule
  // The JSONL logger came with 0.6.0.
  const file = recipe.verl !== '0.5.0'
  const saves = { checkpoint: checkpointBytes, steps: steps ?? 0 }
  return [
    {
      key: 'trainer.logger',
      value: file ? '["console","file"]' : '["console"]',
      rule: file ? 'trainer.logger-file' : 'trainer.logger-console',
    },
    { key: 'trainer.val_before_train', value: 'False', rule: 'trainer.no-first-validation' },
    { key: 'trainer.n_gpus_per_node', value: '1', rule: 'trainer.one-gpu' },
    { key: 'trainer.nnodes', value: '1', rule: 'trainer.one-machine' },
    {
      key: 'trainer.total_epochs',
      value: String(epochs),
      rule: steps === null ? 'trainer.epochs-unknown' : 'trainer.epochs',
      params: { steps: steps ?? 0 },
    },
    {
      key: 'trainer.save_freq',
      value: String(saveEvery),
      rule: saveEvery > 0 ? 'disk.save' : 'disk.no-room',
      params: saves,
    },
    { key: 'trainer.test_freq', value: String(Math.max(saveEvery, 10)), rule: 'trainer.test' },
    { key: 'trainer.project_name', value: 'launchpad', rule: 'trainer.names' },
    { key: 'trainer.experiment_name', value: 'run', rule: 'trainer.names' },
    { key: 'trainer.default_local_dir', value: '<run>/checkpoints', rule: 'trainer.folder' },
    ...rayOptions(context),
  ]
}
