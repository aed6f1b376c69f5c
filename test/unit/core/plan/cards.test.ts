import { describe, expect, test } from 'vitest'
import { gpu } from '../../../support/machine'
import { knowledge, planFor, SMALL, valueOf } from './knowledge'

const ATTENTION = 'actor_rollout_ref.model.override_config.attn_implementation'
const ROLLOUT = 'actor_rollout_ref.rollout'

const p40 = gpu('Tesla P40', '6.1', 22.4, { driver: '535.183.01' })
const t4 = gpu('Tesla T4', '7.5', 15)
const v100 = gpu('Tesla V100-SXM2-16GB', '7.0', 16, { driver: '535.183.01' })
const laptop = gpu('NVIDIA GeForce RTX 4060 Laptop GPU', '8.9', 8)
const rtx3090 = gpu('NVIDIA GeForce RTX 3090', '8.6', 24)
const rtx4090 = gpu('NVIDIA GeForce RTX 4090', '8.9', 24)

describe("the tutorial's own case: Tesla P40, Qwen2.5-0.5B-Instruct", () => {
  const plan = planFor([p40])
  test('runs with the last verl that needs no vLLM, patched, in float32', () => {
    expect(plan).toMatchObject({
      runnable: true,
      recipe: { id: 'pascal-verl-0.5' },
      trainer: 'verl',
      algorithm: 'grpo',
    })
    expect(valueOf(plan, `${ROLLOUT}.name`)).toBe('hf')
    expect(valueOf(plan, 'actor_rollout_ref.actor.fsdp_config.mixed_precision.param_dtype')).toBe('fp32')
    expect(valueOf(plan, 'actor_rollout_ref.actor.use_torch_compile')).toBe('False')
    expect(valueOf(plan, `${ROLLOUT}.dtype`)).toBe('float32')
    expect(valueOf(plan, 'LAUNCHPAD_PATCHES')).toContain('verl-0.5.0-pascal.json')
    expect(valueOf(plan, 'PYTORCH_CUDA_ALLOC_CONF')).toBe('expandable_segments:True')
    expect(plan.recipe?.packages).toContain('torch==2.7.1')
  })
  test('says of each wrong option of the tutorial why it is gone', () => {
    const dropped = new Map(plan.dropped.map(({ key, rule }) => [key, rule]))
    expect(dropped.get('actor_rollout_ref.fsdp_config.cpu_offload')).toBe('dropped.ignored')
    expect(dropped.get('algorithm.kl_ctrl.kl_coef')).toBe('dropped.kl-dead')
    expect(dropped.get('VLLM_DTYPE')).toBe('dropped.read-by-nothing')
    expect(dropped.get('critic.model.path')).toBe('dropped.no-critic')
    expect(dropped.get(`${ROLLOUT}.max_num_batched_tokens`)).toBe('dropped.no-engine')
  })
  test('sets nothing that only vLLM reads, and no logger this version does not have', () => {
    const words = plan.command.join(' ')
    expect(words).not.toMatch(/gpu_memory_utilization|max_num_seqs|load_format/)
    expect(valueOf(plan, 'trainer.logger')).toBe('["console"]')
    expect(words).toContain('+actor_rollout_ref.rollout.micro_batch_size=')
  })
  test('PPO runs there too, since the patch set reaches the critic', () => {
    expect(planFor([p40], { algorithm: 'ppo' })).toMatchObject({ algorithm: 'ppo', recipe: { id: 'pascal-verl-0.5' } })
  })
})

test.each([
  ['T4', t4, 'turing-verl-0.6', 'float16'],
  ['V100', v100, 'volta-verl-0.6', 'float16'],
  ['RTX 3090', rtx3090, 'ampere-verl-0.9', 'bfloat16'],
  ['RTX 4060 laptop', laptop, 'ampere-verl-0.9', 'bfloat16'],
  ['RTX 4090', rtx4090, 'ampere-verl-0.9', 'bfloat16'],
  ['RTX 4090 with a driver for CUDA 12', { ...rtx4090, driver: '550.54.14' }, 'ampere-verl-0.6', 'bfloat16'],
  ['A100 40 GB', gpu('NVIDIA A100-SXM4-40GB', '8.0', 40), 'ampere-verl-0.9', 'bfloat16'],
  ['A100 80 GB', gpu('NVIDIA A100-SXM4-80GB', '8.0', 80), 'ampere-verl-0.9', 'bfloat16'],
  ['H100', gpu('NVIDIA H100 80GB HBM3', '9.0', 79.6), 'ampere-verl-0.9', 'bfloat16'],
])('%s: recipe and type', (_, card, recipe, dtype) => {
  const plan = planFor([card])
  expect(plan).toMatchObject({ runnable: true, recipe: { id: recipe } })
  expect(valueOf(plan, `${ROLLOUT}.dtype`)).toBe(dtype)
  expect(valueOf(plan, 'actor_rollout_ref.actor.fsdp_config.dtype')).toBe(dtype)
  expect(valueOf(plan, ATTENTION)).toBe('sdpa')
  expect(valueOf(plan, 'actor_rollout_ref.model.use_remove_padding')).toBe('False')
})

test('8 GB train an adapter of the small model, with the real weights in vLLM', () => {
  const plan = planFor([laptop])
  expect(Number(valueOf(plan, 'actor_rollout_ref.model.lora_rank'))).toBeGreaterThan(0)
  expect(valueOf(plan, `${ROLLOUT}.load_format`)).toBe('safetensors')
  expect(valueOf(plan, 'actor_rollout_ref.actor.fsdp_config.model_dtype')).toBe('bf16')
})

test('a 7B model on 8 GB is refused: which limit, by how much, and what would run', () => {
  const plan = planFor([laptop], { model: 'Qwen/Qwen2.5-7B-Instruct' })
  expect(plan.runnable).toBe(false)
  const short = plan.findings.find(({ code }) => code === 'MEMORY_GPU_SHORT')
  expect(Number(short?.params['short'])).toBeGreaterThan(8 * 2 ** 30)
  expect(plan.nearest.map(({ kind }) => kind)).toEqual(['model', 'vram'])
  const smaller = plan.nearest[0]?.request?.model ?? ''
  expect(planFor([laptop], { model: smaller }).runnable).toBe(true)
})

test('of two different cards the one that trains better is taken, and only it is shown to the training', () => {
  const plan = planFor([
    { ...laptop, index: 0, uuid: 'GPU-small' },
    { ...rtx3090, index: 1, uuid: 'GPU-large' },
  ])
  expect(plan.device?.id).toBe('1')
  expect(valueOf(plan, 'CUDA_VISIBLE_DEVICES')).toBe('GPU-large')
  expect(planFor([laptop, { ...rtx3090, index: 1 }], { gpu: '0' }).device?.id).toBe('0')
})

test('a card in MIG mode is trained on by its slice, named by its uuid', () => {
  const total = 10 * 2 ** 30
  const slices = [{ id: '1/0', uuid: 'MIG-one', memoryTotalBytes: total, memoryFreeBytes: total - 2 ** 25 }]
  const plan = planFor([gpu('NVIDIA A100-SXM4-80GB', '8.0', 80, { mig: { enabled: true, slices } })])
  expect(plan).toMatchObject({ runnable: true, device: { id: '0:1/0', memoryTotalBytes: total } })
  expect(valueOf(plan, 'CUDA_VISIBLE_DEVICES')).toBe('MIG-one')
})

test('where no verl recipe fits, TRL is the plain way', () => {
  expect(planFor([gpu('Tesla M40 24GB', '5.2', 22.4)])).toMatchObject({ runnable: true, trainer: 'trl' })
})

test('no card, an unknown card, an old driver: not runnable, each with its own reason', () => {
  expect(planFor([])).toMatchObject({ runnable: false, recipe: null, findings: [{ code: 'NO_GPU' }] })
  const old = planFor([{ ...t4, driver: '450.80.02' }])
  expect(old.findings[0]?.code).toBe('NO_RECIPE')
  expect(old.rejected.find(({ recipe }) => recipe === 'turing-verl-0.6')?.findings[0]).toMatchObject({
    code: 'RECIPE_DRIVER_OLD',
    params: { has: '450.80.02', needs: '525.60.13' },
  })
  const unknown = planFor([gpu('NVIDIA Graphics Device', null, 24)])
  expect(unknown.rejected[0]?.findings[0]?.code).toBe('RECIPE_CAPABILITY_UNKNOWN')
})

test('PPO where the critic cannot load is refused, with GRPO as the way out', () => {
  const plan = planFor([rtx4090], { algorithm: 'ppo' })
  expect(plan.runnable).toBe(false)
  expect(plan.nearest[0]).toMatchObject({ kind: 'grpo', request: { algorithm: 'grpo' } })
})

test('memory that others hold is not planned with, and is told', () => {
  const held = { ...rtx4090, memoryFreeBytes: 6 * 2 ** 30 }
  const plan = planFor([held])
  expect(plan.findings.map(({ code }) => code)).toContain('PLAN_MEMORY_HELD')
  expect(plan.memory?.gpu.budgetBytes).toBeLessThan(6 * 2 ** 30)
})

test('with fewer CPUs than Ray waits for, Ray is told of more', () => {
  const cpu = { model: 'CPU', threads: 2, cores: 2, flags: { state: 'absent' as const } }
  expect(valueOf(planFor([rtx4090], { machine: { cpu } }), 'ray_kwargs.ray_init.num_cpus')).toBe('10')
  expect(valueOf(planFor([p40], { machine: { cpu } }), 'ray_init.num_cpus')).toBe('8')
  expect(valueOf(planFor([rtx4090]), 'ray_kwargs.ray_init.num_cpus')).toBeUndefined()
  // Eight of them, verl 0.9's default, would leave none for the workers of an eight-core machine.
  const stores = 'transfer_queue.backend.SimpleStorage.num_data_storage_units'
  expect(valueOf(planFor([rtx4090]), stores)).toBe('1')
  expect(valueOf(planFor([p40]), stores)).toBeUndefined()
})

test('checkpoints are planned with the disk: fewer, or none', () => {
  const disk = { path: '/d', totalBytes: 1e12, type: null, inodesFree: null, noexec: false, network: false }
  const roomy = planFor([rtx4090], { rows: 7473, machine: { disk: { ...disk, freeBytes: 5e11 } } })
  expect(Number(valueOf(roomy, 'trainer.save_freq'))).toBeGreaterThan(10)
  const tight = planFor([rtx4090], { rows: 7473, machine: { disk: { ...disk, freeBytes: 2.2e10 } } })
  expect(valueOf(tight, 'trainer.save_freq')).toBe('-1')
})

test('every option exists in the version it is for, or is added with "+"', () => {
  for (const card of [p40, t4, v100, laptop, rtx4090]) {
    const plan = planFor([card])
    const recipe = knowledge.recipes.find(({ id }) => id === plan.recipe?.id)
    const defaults = knowledge.defaults[recipe?.verl ?? ''] ?? {}
    for (const word of plan.command.slice(3)) {
      const key = (word.split('=')[0] ?? '').replace(/^\+/, '')
      expect(`${word} ${key in defaults}`).toBe(`${word} ${!word.startsWith('+')}`)
    }
  }
})

test('the known models have the parameters they are published with', () => {
  const parameters = Object.fromEntries(knowledge.models.map((model) => [model.name, model.parameters]))
  expect(parameters).toMatchObject({
    [SMALL]: 494_032_768,
    'Qwen/Qwen2.5-1.5B-Instruct': 1_543_714_304,
    'Qwen/Qwen2.5-3B-Instruct': 3_085_938_688,
    'Qwen/Qwen2.5-7B-Instruct': 7_615_616_512,
    'Qwen/Qwen2.5-14B-Instruct': 14_770_033_664,
    'Qwen/Qwen3-0.6B': 596_049_920,
    'Qwen/Qwen3-8B': 8_190_735_360,
    'meta-llama/Llama-3.2-1B-Instruct': 1_235_814_400,
    'meta-llama/Llama-3.1-8B-Instruct': 8_030_261_248,
    'HuggingFaceTB/SmolLM2-135M-Instruct': 134_515_008,
    'microsoft/Phi-3-mini-4k-instruct': 3_821_079_552,
  })
})
