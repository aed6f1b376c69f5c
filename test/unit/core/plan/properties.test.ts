import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkOptions, checkTrlOptions } from '../../../../main/core/plan/rules'
import type { Situation } from '../../../../main/core/plan/choice'
import { ladder } from '../../../../main/core/plan/ladder'
import { compare } from '../../../../main/core/plan/fit'
import type { Plan } from '#contract'
import { gpu } from '../../../support/machine'
import { knowledge, planFor, valueOf } from './knowledge'

const GIB = 2 ** 30
const capabilities = ['5.2', '6.0', '6.1', '7.0', '7.5', '8.0', '8.6', '8.9', '9.0', '12.0']

/** Any machine, model and goal that a user could come with. */
const cases = fc.record({
  capability: fc.constantFrom(...capabilities),
  vram: fc.double({ min: 2, max: 96, noNaN: true }),
  driver: fc.constantFrom('470.82.01', '535.183.01', '580.65.06'),
  ram: fc.integer({ min: 4, max: 512 }),
  disk: fc.integer({ min: 1, max: 2000 }),
  threads: fc.integer({ min: 1, max: 64 }),
  model: fc.constantFrom(...knowledge.models.map(({ name }) => name)),
  algorithm: fc.constantFrom('auto' as const, 'grpo' as const, 'ppo' as const),
  goal: fc.constantFrom('fits' as const, 'fast' as const, 'careful' as const),
  rows: fc.option(fc.integer({ min: 1, max: 100_000 }), { nil: undefined }),
})
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never

function planOf({ capability, vram, driver, ram, disk, threads, rows, model, algorithm, goal }: Case): Plan {
  const memory = {
    totalBytes: ram * GIB,
    availableBytes: ram * GIB,
    limitBytes: null,
    swapTotalBytes: 0,
    swapFreeBytes: 0,
  }
  const place = {
    path: '/d',
    totalBytes: 3e12,
    freeBytes: disk * GIB,
    type: null,
    inodesFree: null,
    noexec: false,
    network: false,
  }
  const cpu = { model: 'CPU', threads, cores: null, flags: { state: 'absent' as const } }
  return planFor([gpu('Card', capability, vram, { driver })], {
    model,
    algorithm,
    goal,
    machine: { memory, disk: place, cpu },
    ...(rows === undefined ? {} : { rows }),
  })
}

test('no plan breaks a rule or its own memory table', () => {
  fc.assert(
    fc.property(cases, (input) => {
      const plan = planOf(input)
      if (plan.memory === null) return
      for (const side of [plan.memory.gpu, plan.memory.host]) {
        for (const { parts, totalBytes } of side.phases) {
          expect(Object.values(parts).reduce((sum, bytes) => sum + bytes, 0)).toBe(totalBytes)
          expect(totalBytes).toBeLessThanOrEqual(side.peakBytes)
        }
        if (plan.runnable) expect(side.peakBytes).toBeLessThanOrEqual(side.budgetBytes)
      }
      if (plan.runnable) expect(broken(plan, input)).toEqual([])
    }),
    { numRuns: 400 },
  )
})

/** The rules once more, from the outside: on the values as they stand in the plan. */
function broken(plan: Plan, input: Case) {
  const recipe = knowledge.recipes.find(({ id }) => id === plan.recipe?.id)
  if (recipe === undefined || plan.device === null) throw new Error('a runnable plan has a recipe and a device')
  const situation: Situation = {
    model: plan.model,
    data: plan.data,
    device: { ...plan.device, driver: input.driver, visible: null, speed: null },
    recipe,
    algorithm: plan.algorithm,
    goal: plan.goal,
  }
  const values = new Map(plan.overrides.map(({ key, value }) => [key, value]))
  const found =
    recipe.trainer === 'verl'
      ? checkOptions(situation, values, knowledge.defaults[recipe.verl ?? ''] ?? {})
      : checkTrlOptions(situation, values)
  return found.filter(({ severity }) => severity === 'error')
}

test('the same input gives the same plan', () => {
  fc.assert(
    fc.property(cases, (input) => {
      expect(planOf(input)).toEqual(planOf(input))
    }),
    { numRuns: 100 },
  )
})

/** What a plan gives the learning, best first: runs at all, with verl, all weights, long answers, many of them. */
const worth = (plan: Plan): number[] => {
  const number = (...keys: string[]) =>
    Number(keys.map((key) => valueOf(plan, key)).find((value) => value !== undefined) ?? 0)
  if (!plan.runnable) return [1]
  return [
    0,
    plan.trainer === 'verl' ? 0 : 1,
    number('actor_rollout_ref.model.lora_rank') > 0 ? 1 : 0,
    -number('data.max_response_length', 'max-response-length'),
    -number('actor_rollout_ref.rollout.n', 'num-generations'),
    valueOf(plan, 'actor_rollout_ref.actor.fsdp_config.param_offload') === 'True' ? 1 : 0,
  ]
}

test('more memory on the card never gives a worse plan', () => {
  fc.assert(
    fc.property(cases, fc.double({ min: 0.01, max: 64, noNaN: true }), (input, more) => {
      const before = worth(planOf(input))
      const after = worth(planOf({ ...input, vram: input.vram + more }))
      expect(compare(after, before)).toBeLessThanOrEqual(0)
    }),
    { numRuns: 300 },
  )
})

test('a hand-made change is taken as it is, and the rule that objects says so', () => {
  const change = (key: string, value: string) =>
    planFor([gpu('NVIDIA GeForce RTX 4090', '8.9', 24)], { changes: { [key]: value } })
  const objections = (plan: Plan) => plan.findings.filter(({ severity }) => severity === 'error')
  const cases: [string, string, string][] = [
    ['actor_rollout_ref.actor.ppo_micro_batch_size_per_gpu', '3', 'RULE_MICRO_DIVIDES'],
    ['actor_rollout_ref.actor.ppo_micro_batch_size_per_gpu', '999', 'RULE_MICRO_LARGE'],
    ['actor_rollout_ref.actor.ppo_mini_batch_size', '64', 'RULE_MINI_LARGE'],
    ['actor_rollout_ref.rollout.agent.num_workers', '7', 'RULE_EQUAL_CHUNKS'],
    ['actor_rollout_ref.rollout.tensor_model_parallel_size', '2', 'RULE_ONE_GPU'],
    ['actor_rollout_ref.rollout.max_model_len', '100', 'RULE_WINDOW_SMALL'],
    ['actor_rollout_ref.rollout.max_model_len', '999999', 'RULE_POSITIONS'],
    ['actor_rollout_ref.rollout.dtype', 'half', 'RULE_DTYPE'],
    ['actor_rollout_ref.rollout.name', 'hf', 'RULE_ROLLOUT'],
    ['actor_rollout_ref.model.use_remove_padding', 'True', 'RULE_FLASH'],
    ['actor_rollout_ref.rollout.checkpoint_engine.update_weights_bucket_megabytes', '10', 'RULE_BUCKET'],
    ['data.train_batch_size', 'many', 'VALUE_UNREADABLE'],
    ['data.max_response_length', '30000', 'MEMORY_GPU_SHORT'],
  ]
  for (const [key, value, code] of cases) {
    const plan = change(key, value)
    expect(valueOf(plan, key)).toBe(value)
    expect(plan.runnable).toBe(false)
    const finding = objections(plan).find((one) => one.code === code)
    expect(finding, `${key}=${value} is objected to by ${code}`).toBeDefined()
    expect(finding?.keys).toContain(key)
  }
})

test('the memory table follows a hand-made change', () => {
  const card = [gpu('NVIDIA GeForce RTX 4090', '8.9', 24)]
  const peak = (changes: Record<string, string>) => planFor(card, { changes }).memory?.gpu.peakBytes ?? 0
  expect(peak({ 'actor_rollout_ref.actor.ppo_micro_batch_size_per_gpu': '1' })).toBeLessThan(peak({}))
  expect(peak({ 'data.max_response_length': '1024' })).toBeGreaterThan(peak({}))
})

test('every rung of the ladder is reached in the order of what learning needs', () => {
  const recipe = knowledge.recipes.find(({ id }) => id === 'ampere-verl-0.9')
  const [model] = knowledge.models
  if (recipe === undefined || model === undefined) throw new Error('no recipe, no model')
  const device = {
    id: '0',
    name: 'Card',
    computeCapability: '8.9',
    memoryTotalBytes: 1,
    memoryFreeBytes: 1,
    driver: '999',
    visible: null,
    speed: null,
  }
  const rungs = ladder({ model, data: null, device, recipe, algorithm: 'grpo', goal: 'careful' })
  const order = rungs.map(({ least }) => [
    least[0]?.loraRank ?? 0,
    -(least[0]?.responseTokens ?? 0),
    -(least[0]?.n ?? 0),
  ])
  expect(order).toEqual(order.toSorted(compare))
})
