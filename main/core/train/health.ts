import type { Finding, MetricPoint } from '#contract'
import type { LogSoFar } from './follow-log'
import { secondsPerStep, STEADY, steadyReward, type MetricsSoFar } from './follow-metrics'

/** What the numbers say about the learning. Each is a remark, none stops anything. */
export interface HealthFacts {
  metrics: MetricsSoFar
  log: LogSoFar
  /** Answers to each prompt are compared with each other (GRPO and its kin); null: not known. */
  grouped: boolean | null
  restarts: number
  running: boolean
  /** Main memory that its machine has; null: not known. */
  memoryBytes: number | null
  now: number
}

/** A fall by this share of what lies between the worst and the best score is no noise: docs/proof.md shows one. */
const FALL = 0.15
const SILENT_MS = 10 * 60_000
/** Main memory is worth a word when it has grown in that many steps, is fuller than that, and will be full within so many. */
const [CLIMB_STEPS, CLIMB_FROM, CLIMB_AHEAD] = [10, 0.6, 200]

export function healthOf(facts: HealthFacts): Finding[] {
  const { metrics, log, restarts } = facts
  const last = metrics.recent.slice(-STEADY)
  const findings: Finding[] = []
  const say = (code: string, severity: Finding['severity'], params: Finding['params'] = {}) =>
    findings.push({ code, severity, params })
  if (restarts > 0) say('RUN_RESTARTED', 'info', { times: restarts })
  if (log.badGradients > 0) say('RUN_GRADIENT_NOT_FINITE', 'warning', { times: log.badGradients })
  const silent = stalledMs(facts)
  if (silent !== null) say('RUN_STALLED', 'warning', { minutes: Math.round(silent / 60_000) })
  const climb = climbOf(facts)
  if (climb !== null) say('RUN_MEMORY_CLIMBING', 'warning', climb)
  if (last.length === STEADY) learning(last, facts, say)
  return findings
}

function learning(last: readonly MetricPoint[], facts: HealthFacts, say: Say): void {
  const { metrics, grouped } = facts
  const column = (key: string) => last.flatMap(({ data }) => data[key] ?? [])
  const all = (key: string, holds: (value: number) => boolean) => {
    const values = column(key)
    return values.length === STEADY && values.every(holds)
  }
  const flat = last.every(({ data }) => {
    const high = data['critic/score/max']
    return high !== undefined && high === data['critic/score/min']
  })
  if (flat && all('critic/score/max', (value) => value === 0)) say('RUN_REWARD_ZERO', 'warning', { steps: STEADY })
  // GRPO's advantage is the distance from the group's mean: all alike, all zero (verl/trainer/ppo/core_algos.py).
  else if (flat && grouped !== false) say('RUN_NO_SIGNAL', 'warning', { steps: STEADY })
  const fall = fallOf(metrics)
  if (fall !== null) say('RUN_REWARD_FALLING', 'warning', fall)
  if (all('response_length/clip_ratio', (value) => value > 0.5))
    say('RUN_CUT_OFF', 'warning', { share: Math.round(100 * mean(column('response_length/clip_ratio'))) })
  const entropy = mean(column('actor/entropy'))
  const entropyFirst = mean(metrics.first.flatMap(({ data }) => data['actor/entropy'] ?? []))
  if (entropy < 0.02 && entropyFirst > 0.1) say('RUN_ENTROPY_GONE', 'warning', { entropy: round(entropy) })
  if (all('actor/pg_clipfrac', (value) => value > 0.9))
    say('RUN_ALL_CLIPPED', 'warning', { share: Math.round(100 * mean(column('actor/pg_clipfrac'))) })
  const norm = mean(column('actor/grad_norm'))
  const normFirst = mean(metrics.first.flatMap(({ data }) => data['actor/grad_norm'] ?? []))
  if (metrics.recent.length >= 2 * STEADY && normFirst > 0 && norm > 10 * normFirst)
    say('RUN_GRADIENT_RISING', 'warning', { times: Math.round(norm / normFirst) })
  if (all('actor/kl_loss', (value) => value > 0.5))
    say('RUN_KL_HIGH', 'warning', { kl: round(mean(column('actor/kl_loss'))) })
}

/** From the highest to now, when that is far down. The scale is that of the scores seen, 1 for most rewards. */
function fallOf(metrics: MetricsSoFar): Finding['params'] | null {
  const { peak, recent } = metrics
  const now = steadyReward(metrics)
  if (peak === null || now === null) return null
  const seen = (key: string) => recent.flatMap(({ data }) => data[key] ?? [])
  const scale = Math.max(...seen('critic/score/max')) - Math.min(...seen('critic/score/min'))
  if (!(scale > 0) || peak.reward - now < FALL * scale) return null
  return { step: peak.step, from: round(peak.reward), to: round(now) }
}

/** Ray ends workers at 95 % of main memory (RAY_memory_usage_threshold), and caches alone do not grow step by step. */
function climbOf({ metrics, memoryBytes, running }: HealthFacts): Finding['params'] | null {
  const used = metrics.recent.flatMap(({ data }) => data['perf/cpu_memory_used_gb'] ?? [])
  const [first, last] = [used[0], used.at(-1)]
  if (!running || memoryBytes === null || first === undefined || last === undefined) return null
  const total = memoryBytes / 2 ** 30
  const growing = used.filter((value, index) => value > (used[index - 1] ?? Number.NaN)).length
  if (used.length < CLIMB_STEPS || growing < 0.8 * (used.length - 1) || last < CLIMB_FROM * total) return null
  const perStep = (last - first) / (used.length - 1)
  const steps = Math.max(0, Math.floor((0.95 * total - last) / perStep))
  return steps > CLIMB_AHEAD ? null : { perStep: round(perStep), steps, used: round(last), total: round(total) }
}

type Say = (code: string, severity: Finding['severity'], params?: Finding['params']) => void

/** How long nothing came, when that is far longer than a step takes; null: nothing odd. */
function stalledMs({ log, metrics, running, now }: HealthFacts): number | null {
  if (!running || log.movedAt === null) return null
  const silent = now - log.movedAt
  const step = secondsPerStep(metrics)
  return silent > Math.max(SILENT_MS, (step ?? 0) * 1000 * 5) ? silent : null
}

const mean = (values: readonly number[]) =>
  values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length
const round = (value: number) => Number(value.toPrecision(3))
