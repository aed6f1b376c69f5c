import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Gpu, MachineReport, Plan, PlanFinding, PlannedValue, PlanRequest } from '#contract'
import { commandText, summaryOf } from '../../../renderer/features/plan/facts'
import { cardsOf, devicesOf, kindOf, shortName, withCard } from '../../../renderer/features/plan/hardware'
import { changedOf, groupsOf, isSame, nameOf } from '../../../renderer/features/plan/options'
import { createPlanner, TYPING_MS, type Answer } from '../../../renderer/features/plan/planner'
import { canPlan, emptyRequest, withNearest, withoutValue, withValue } from '../../../renderer/features/plan/request'
import { planScene } from '../../fixtures/fake-core/plan-scenes'

const value = (key: string, text: string, patch: Partial<PlannedValue> = {}): PlannedValue => ({
  key,
  value: text,
  rule: 'rule',
  params: {},
  tutorial: null,
  verlDefault: null,
  planned: null,
  ...patch,
})

const MICRO = 'actor_rollout_ref.actor.ppo_micro_batch_size_per_gpu'

const values = {
  overrides: [
    value('trainer.total_epochs', '1', { tutorial: '2' }),
    value('data.train_batch_size', '8', { tutorial: '8', verlDefault: '1024' }),
    value('+actor_rollout_ref.model.lora_rank', '32'),
    value(MICRO, '4', { tutorial: '4', verlDefault: null }),
    value('actor_rollout_ref.actor.optim.lr', '1e-6', { tutorial: '0.000001', verlDefault: '1e-06' }),
    value('actor_rollout_ref.rollout.name', 'vllm'),
  ],
  env: [value('PYTHONUNBUFFERED', '1')],
  findings: [] as PlanFinding[],
  command: ['python3', '-m', 'verl.trainer.main_ppo', 'data.train_batch_size=8', "+a.b='<it's here>'"],
}
const plan = values as unknown as Plan
const keysOf = (made: Plan, differing: boolean, text = '') =>
  groupsOf(made, { text, differing }, nameOf).map(({ area, options }) => [area, options.map((one) => one.value.key)])
const all = ['data.train_batch_size', MICRO, 'trainer.total_epochs']

describe('the options of a plan', () => {
  it('stand by what they belong to, in the order of a training, the variables last', () => {
    expect(keysOf(plan, false)).toEqual([
      ['data', ['data.train_batch_size']],
      ['model', ['+actor_rollout_ref.model.lora_rank']],
      ['actor', [MICRO, 'actor_rollout_ref.actor.optim.lr']],
      ['rollout', ['actor_rollout_ref.rollout.name']],
      ['trainer', ['trainer.total_epochs']],
      ['environment', ['PYTHONUNBUFFERED']],
    ])
  })

  it('are sifted to those that differ from the tutorial or from verl, and to those somebody should look at', () => {
    expect(keysOf(plan, true).flatMap(([, keys]) => keys)).toEqual(['data.train_batch_size', 'trainer.total_epochs'])
    const objected = { ...plan, findings: [{ code: 'X', severity: 'error' as const, params: {}, keys: [MICRO] }] }
    expect(keysOf(objected, true).flatMap(([, keys]) => keys)).toEqual(all)
    const changed = plan.overrides.map((one) => (one.key === MICRO ? { ...one, planned: '2' } : one))
    expect(keysOf({ ...plan, overrides: changed }, true).flatMap(([, keys]) => keys)).toEqual(all)
    expect(changedOf({ ...plan, overrides: changed }).map(({ key }) => key)).toEqual([MICRO])
  })

  it('are found by key, by value and by name in plain words', () => {
    expect(keysOf(plan, false, ' MICRO_batch ').flatMap(([, keys]) => keys)).toEqual([MICRO])
    expect(keysOf(plan, false, 'vllm').flatMap(([, keys]) => keys)).toEqual(['actor_rollout_ref.rollout.name'])
    expect(keysOf(plan, false, 'loraRank').flatMap(([, keys]) => keys)).toEqual(['+actor_rollout_ref.model.lora_rank'])
    expect(keysOf(plan, false, 'nothing is called so')).toEqual([])
  })

  it.each([
    ['1e-6', '0.000001', true],
    ['True', 'true', true],
    ['None', 'null', true],
    ["'console'", 'console', true],
    ['512', '512.0', true],
    ['vllm', 'hf', false],
    ['', '0', false],
    ['["console"]', 'console', false],
  ])('%s and %s: the same is %s', (a, b, same) => expect(isSame(a, b)).toBe(same))
})

describe('a request', () => {
  const request: PlanRequest = { ...emptyRequest, model: 'm' }
  const micro = value(MICRO, '4')

  it('takes a value set by hand, and forgets it when it is what the plan says anyway, or nothing', () => {
    const changed = withValue(request, micro, '8')
    expect(changed.changes).toEqual({ [MICRO]: '8' })
    const shown = value(MICRO, '8', { planned: '4' })
    expect(withValue(changed, shown, '4').changes).toEqual({})
    expect(withValue(changed, shown, '  ').changes).toEqual({})
    // The plan for 8 is not there yet: 4 is what is shown, and 8 is what was asked.
    expect(withValue(changed, micro, '4').changes).toEqual({ [MICRO]: '4' })
    expect(withoutValue(changed, MICRO)).toEqual(request)
    expect(request.changes).toEqual({})
  })

  it('takes over what is proposed, and only that', () => {
    expect(withNearest(request, { model: 'smaller' })).toEqual({ ...request, model: 'smaller' })
    expect(withNearest(request, { algorithm: 'grpo' })).toEqual({ ...request, algorithm: 'grpo' })
    expect(withNearest(request, { algorithm: 'unheard of' })).toEqual(request)
  })

  it('waits for a model and for hardware', () => {
    const machine = planScene('plan-p40').machine ?? null
    expect(canPlan(emptyRequest, machine)).toBe(false)
    expect(canPlan(request, null)).toBe(false)
    expect(canPlan(request, machine)).toBe(true)
    expect(canPlan({ ...request, hardware: machine }, null)).toBe(true)
  })
})

describe('hardware', () => {
  const here = planScene('plan-mig').machine as MachineReport

  it('is offered by card, and by slice where a card is cut into slices', () => {
    expect(devicesOf(here).map(({ id, slice }) => [id, slice])).toEqual([
      ['0:1/0', true],
      ['0:2/0', true],
      ['1', false],
    ])
    expect(devicesOf(planScene('plan-none').machine ?? null)).toEqual([])
  })

  it('tells this machine, an example and a report of another one apart', () => {
    expect(kindOf({ hardware: null })).toBe('here')
    expect(kindOf({ hardware: here })).toBe('imported')
    const name = 'NVIDIA GeForce RTX 4060'
    const example = withCard(here, name)
    expect(kindOf({ hardware: example })).toEqual({ card: name })
    expect(example?.memory).toEqual(here.memory)
    // A real card of the same name is no example.
    const real = { ...(cardsOf(example)[0] as Gpu), uuid: 'GPU-1' }
    expect(kindOf({ hardware: { ...here, gpus: { state: 'found', value: [real] } } })).toBe('imported')
    expect(shortName(name)).toBe('RTX 4060')
    expect(shortName('Tesla P40')).toBe('Tesla P40')
  })
})

describe('the plan in words', () => {
  it('says in three words how it trains', () => {
    expect(summaryOf(plan)).toEqual({ lora: 32, precision: null, rollout: 'vllm' })
    const fsdp = 'actor_rollout_ref.actor.fsdp_config'
    const old = { ...plan, overrides: [value(`+${fsdp}.mixed_precision.param_dtype`, 'fp32')] }
    expect(summaryOf(old)).toEqual({ lora: null, precision: 'float32', rollout: null })
  })

  it('is a command that a shell takes as it is meant', () => {
    expect(commandText(plan)).toBe(
      [
        'PYTHONUNBUFFERED=1',
        'python3 -m verl.trainer.main_ppo',
        'data.train_batch_size=8',
        String.raw`'+a.b='\''<it'\''s here>'\'''`,
      ].join(' \\\n  '),
    )
    const trl = { ...plan, env: [], command: ['python3', 'train_trl.py', '--steps', '100', '--val', '<data>/x'] }
    expect(commandText(trl)).toBe("python3 train_trl.py \\\n  --steps 100 \\\n  --val '<data>/x'")
  })
})

describe('planning', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function desk() {
    const asked: { model: string; signal: AbortSignal; answer(made: Plan): void; fail(thrown: Error): void }[] = []
    const shown: Answer = { plan: null, error: null, busy: false }
    const kept: string[] = []
    const planner = createPlanner({
      make: (request, signal) =>
        new Promise((answer, fail) => asked.push({ model: request.model, signal, answer, fail })),
      keep: (request) => Promise.resolve(kept.push(request.model)),
      show: (answer) => void Object.assign(shown, answer),
    })
    return { planner, asked, shown, kept }
  }
  const ask = (model: string): PlanRequest => ({ ...emptyRequest, model })
  const made = (name: string) => ({ model: { name } }) as Plan
  const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms)

  it('shows the answer to the last question, whichever comes first', async () => {
    const { planner, asked, shown } = desk()
    planner.ask(ask('first'))
    await pass()
    planner.ask(ask('second'))
    await pass()
    expect(asked.map(({ model, signal }) => [model, signal.aborted])).toEqual([
      ['first', true],
      ['second', false],
    ])
    asked[1]?.answer(made('second'))
    await pass()
    asked[0]?.answer(made('first'))
    await pass()
    expect(shown).toMatchObject({ plan: { model: { name: 'second' } }, busy: false })
    expect(planner.idle).toBe(true)
  })

  it('keeps showing the plan before while a new one is made, also when the way there fails', async () => {
    const { planner, asked, shown } = desk()
    planner.ask(ask('first'))
    await pass()
    asked[0]?.answer(made('first'))
    await pass()
    planner.ask(ask('second'))
    expect(shown).toMatchObject({ plan: { model: { name: 'first' } }, busy: true })
    await pass()
    asked[1]?.fail(new Error('the line is gone'))
    await pass()
    expect(shown).toMatchObject({ plan: { model: { name: 'first' } }, busy: false, error: { code: 'INTERNAL' } })
  })

  it('asks once for what is typed in one go, and keeps only that', async () => {
    const { planner, asked, kept } = desk()
    for (const model of ['a', 'ab', 'abc']) {
      planner.ask(ask(model), TYPING_MS)
      await pass(TYPING_MS / 2)
    }
    expect(planner.idle).toBe(false)
    await pass(TYPING_MS)
    expect(asked.map(({ model }) => model)).toEqual(['abc'])
    expect(kept).toEqual(['abc'])
  })

  it('shows nothing of what was dropped', async () => {
    const { planner, asked, shown } = desk()
    planner.ask(ask('first'))
    await pass()
    planner.drop()
    asked[0]?.answer(made('first'))
    await pass()
    expect(shown).toEqual({ plan: null, error: null, busy: false })
  })
})
