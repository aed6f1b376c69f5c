import { mkdir } from 'node:fs/promises'
import { config, modelFolder } from './model'

/** Options of the tutorial's own command (February 2026), with a place of one's own for model and data. */
export const tutorialOverrides = (model: string, data: string): string[] => [
  `data.train_files=${data}/train.parquet`,
  `data.val_files=${data}/test.parquet`,
  'data.train_batch_size=1',
  'data.max_prompt_length=256',
  'data.max_response_length=256',
  `actor_rollout_ref.model.path=${model}`,
  'actor_rollout_ref.actor.optim.lr=1e-6',
  'actor_rollout_ref.actor.ppo_mini_batch_size=1',
  'actor_rollout_ref.actor.ppo_micro_batch_size_per_gpu=1',
  'actor_rollout_ref.rollout.name=vllm',
  'actor_rollout_ref.rollout.log_prob_micro_batch_size_per_gpu=1',
  'actor_rollout_ref.rollout.tensor_model_parallel_size=1',
  'actor_rollout_ref.rollout.gpu_memory_utilization=0.3',
  'actor_rollout_ref.rollout.max_num_batched_tokens=512',
  '++actor_rollout_ref.rollout.enable_chunked_prefill=false',
  '++actor_rollout_ref.fsdp_config.cpu_offload=true',
  '++actor_rollout_ref.fsdp_config.offload_params=true',
  'actor_rollout_ref.rollout.max_num_seqs=1',
  'actor_rollout_ref.ref.log_prob_micro_batch_size_per_gpu=1',
  'critic.optim.lr=1e-5',
  `critic.model.path=${model}`,
  'critic.ppo_micro_batch_size_per_gpu=1',
  'algorithm.kl_ctrl.kl_coef=0.001',
  'trainer.logger=console',
  'trainer.val_before_train=False',
  'trainer.n_gpus_per_node=1',
  'trainer.nnodes=1',
  'trainer.save_freq=10',
  'trainer.test_freq=10',
  'trainer.total_epochs=2',
]

/** Its script, as it has the reader write it. */
export const tutorialScript = (model: string, data: string) => `#!/bin/bash
set -x
export HYDRA_FULL_ERROR=1   # more to read
export VLLM_DTYPE=float32
export PYTORCH_CUDA_ALLOC_CONF=max_split_size_mb:128
export TRITON_MAX_SHARED_MEMORY=49152
MODEL_PATH="${model}"
DATA='${data}'

PYTHONUNBUFFERED=1 python3 -m verl.trainer.main_ppo \\
${tutorialOverrides('$MODEL_PATH', '${DATA}')
  .map((word) => `  ${word.includes('$') ? `"${word}"` : word}`)
  .join(' \\\n')} \\
  "$@" 2>&1 | tee train.log
`

const TEMPLATE =
  "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"

/** A model that verl can open, with a tokenizer that every version of transformers reads. */
export async function talkingModel(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const model = { type: 'WordLevel', vocab: { '<unk>': 0, '<eos>': 1 }, unk_token: '<unk>' }
  const nothing = { normalizer: null, post_processor: null, decoder: null, truncation: null, padding: null }
  const tokenizer = { version: '1.0', ...nothing, added_tokens: [], pre_tokenizer: { type: 'WhitespaceSplit' }, model }
  return modelFolder(folder, {
    'config.json': JSON.stringify({
      ...config,
      model_type: 'qwen2',
      max_position_embeddings: 2048,
      torch_dtype: 'bfloat16',
    }),
    'tokenizer.json': JSON.stringify(tokenizer),
    'tokenizer_config.json': JSON.stringify({
      tokenizer_class: 'PreTrainedTokenizerFast',
      unk_token: '<unk>',
      eos_token: '<eos>',
      pad_token: '<eos>',
      chat_template: TEMPLATE,
    }),
  })
}
