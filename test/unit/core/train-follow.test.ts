import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { attemptsOf } from '../../../main/core/train/attempts'
import { beginLog, loadPhases, plainLine, withLine } from '../../../main/core/train/follow-log'
import { noMetrics, secondsPerStep, withPoint, type MetricsSoFar } from '../../../main/core/train/follow-metrics'
import { healthOf, type HealthFacts } from '../../../main/core/train/health'

const phases = await loadPhases(resolve('resources'))

describe('the log of a training', () => {
  it('shows the parts of a start of verl in their order, whatever Ray puts before a line', () => {
    const lines = [
      'ray init kwargs: {}',
      '(TaskRunner pid=3165) TaskRunner hostname: vm, PID: 3165',
      '\u001b[36m(TaskRunner pid=3165)\u001b[0m Using dataset class: RLHFDataset',
      '(TaskRunner pid=3165) Total training steps: 435',
      "(vLLMHttpServer pid=9) ['serve', '/models/qwen', '--dtype', 'bfloat16']",
      '(TaskRunner pid=3165) Training from scratch',
      'Training Progress:   0%|          | 0/435\r(TaskRunner pid=3165) step:1 - actor/pg_loss:0.1 - critic/rewards/mean:0.2',
      '(TaskRunner pid=3165) local_global_step_folder: /r/checkpoints/global_step_10',
      '(TaskRunner pid=3165) step:11 - actor/pg_loss:0.1',
      // Words of the start, again: by then they mean nothing.
      '(TaskRunner pid=3165) Using dataset class: RLHFDataset',
      "(TaskRunner pid=3165) ('Final validation metrics: None')",
    ]
    let log = beginLog(1, 0)
    const seen = lines.map((line, index) => (log = withLine(log, line, index + 1, phases)).phase)
    expect(seen).toEqual(
      'ray config data model engine rollout steps save steps steps end'.split(' ').map((phase) => phase),
    )
    expect(log.totalSteps).toBe(435)
  })

  it('counts updates that were left out, and shows lines without their dress', () => {
    const log = withLine(beginLog(1, 0), '(WorkerDict pid=8) WARN: rank 0 grad_norm is not finite: nan', 5, phases)
    expect(log.badGradients).toBe(1)
    expect(plainLine('\u001b[36m(TaskRunner pid=1, ip=10.0.0.2)\u001b[0m hello')).toBe('hello')
  })
})

describe('attempts', () => {
  it('are read from a book whose last line a power cut may have cut short', () => {
    const text = [
      '{"number":1,"startedAt":10,"logFrom":0,"resumedFrom":null}',
      '{"number":1,"endedAt":20,"code":1,"signal":null}',
      '{"number":2,"startedAt":30,"logFrom":99,"resumedFrom":8}',
      '{"number":2,"ende',
    ].join('\n')
    expect(attemptsOf(text)).toEqual([
      { number: 1, startedAt: 10, endedAt: 20, exit: { code: 1, signal: null }, logFrom: 0, resumedFrom: null },
      { number: 2, startedAt: 30, endedAt: null, exit: null, logFrom: 99, resumedFrom: 8 },
    ])
  })
})

const train = (step: number, data: Record<string, number> = {}) => ({
  step,
  data: { 'critic/rewards/mean': 0.5, 'critic/score/max': 1, 'critic/score/min': 0, 'timing_s/step': step, ...data },
})

describe('metrics', () => {
  it('come to the last step, its reward, the newest and the best validation', () => {
    const key = 'val-core/openai/gsm8k/acc/mean@1'
    const points = [train(1), { step: 1, data: { [key]: 0.3 } }, train(2), { step: 2, data: { [key]: 0.2 } }]
    const metrics = points.reduce(withPoint, noMetrics)
    expect(metrics).toMatchObject({
      lastStep: 2,
      lastReward: 0.5,
      validation: { step: 2 },
      best: { step: 1, value: 0.3 },
    })
    expect(secondsPerStep(metrics)).toBe(2)
    expect(secondsPerStep([train(1)].reduce(withPoint, noMetrics))).toBeNull()
  })

  it('that are repeated after a resume replace what was given up', () => {
    const metrics = [1, 2, 3, 4, 3].map((step) => train(step)).reduce(withPoint, noMetrics)
    expect(metrics.recent.map(({ step }) => step)).toEqual([1, 2, 3])
  })
})

describe('health', () => {
  const facts = (data: Record<string, number>, more: Partial<HealthFacts> = {}): HealthFacts => ({
    metrics: Array.from({ length: 12 }, (_, index) => train(index + 1, data)).reduce(withPoint, noMetrics),
    log: beginLog(1, 0),
    ...{ grouped: null, restarts: 0, running: true, memoryBytes: 64 * 2 ** 30, now: 0 },
    ...more,
  })
  const codes = (given: HealthFacts) => healthOf(given).map(({ code }) => code)

  it('has nothing to say of a training that learns', () => {
    expect(codes(facts({}))).toEqual([])
  })

  it('says when nothing can be learnt, and why', () => {
    expect(codes(facts({ 'critic/score/max': 1, 'critic/score/min': 1 }))).toEqual(['RUN_NO_SIGNAL'])
    expect(codes(facts({ 'critic/score/max': 0, 'critic/score/min': 0 }))).toEqual(['RUN_REWARD_ZERO'])
    // Where answers are not compared with each other, alike is no trouble.
    expect(codes(facts({ 'critic/score/max': 1, 'critic/score/min': 1 }, { grouped: false }))).toEqual([])
  })

  it('sees cut answers, far moves, and a log that stands still', () => {
    expect(codes(facts({ 'response_length/clip_ratio': 0.9 }))).toEqual(['RUN_CUT_OFF'])
    expect(codes(facts({ 'actor/kl_loss': 2 }))).toEqual(['RUN_KL_HIGH'])
    const log = { ...beginLog(1, 0), movedAt: 0 }
    expect(codes(facts({}, { log, now: 9 * 60_000 }))).toEqual([])
    expect(codes(facts({}, { log, now: 61 * 60_000 }))).toEqual(['RUN_STALLED'])
  })

  it('sees main memory that will be full before long, and not one that only fluctuates', () => {
    const used = (values: number[]): MetricsSoFar =>
      values.map((value, index) => train(index + 1, { 'perf/cpu_memory_used_gb': value })).reduce(withPoint, noMetrics)
    const climbing = Array.from({ length: 12 }, (_, index) => 40 + index)
    const [found] = healthOf(facts({}, { metrics: used(climbing) }))
    expect(found).toMatchObject({ code: 'RUN_MEMORY_CLIMBING', params: { perStep: 1, steps: 9, used: 51, total: 64 } })
    expect(codes(facts({}, { metrics: used(climbing), memoryBytes: 512 * 2 ** 30 }))).toEqual([])
    expect(codes(facts({}, { metrics: used(climbing.map((value, index) => (index % 2 ? value : 50))) }))).toEqual([])
    expect(codes(facts({}, { metrics: used(climbing), running: false }))).toEqual([])
    expect(codes(facts({ 'actor/pg_clipfrac': 1 }))).toEqual(['RUN_ALL_CLIPPED'])
  })

  it('says nothing before there are enough steps to say it of', () => {
    const few = [1, 2, 3, 4].map((step) => train(step, { 'critic/score/max': 0 })).reduce(withPoint, noMetrics)
    expect(codes(facts({}, { metrics: few }))).toEqual([])
  })
})
