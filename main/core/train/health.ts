import type { Finding, MetricPoint } from '#contract'
import type { LogSoFar } from './follow-log'
import { secondsPerStep, type MetricsSoFar } from './follow-metrics'

/** What the numbers say about the learning. Each is a remark, none stops anything. */
export interface HealthFacts {
  metrics: MetricsSoFar
  log: LogSoFar
  /** Answers to each prompt are compared with each other (GRPO and its kin); null: not known. */
  grouped: boolean | null
  restarts: number
  running: boolean
  now: number
}

/** Steps that must agree before something is said: one odd batch is no trend. */
const STEADY = 5
const SILENT_MS = 10 * 60_000

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
  if (all('response_length/clip_ratio', (value) => value > 0.5))
    say('RUN_CUT_OFF', 'warning', { share: Math.round(100 * mean(column('response_length/clip_ratio'))) })
  const entropy = mean(column('actor/entropy'))
  const entropyFirst = mean(metrics.first.flatMap(({ data }) => data['actor/entropy'] ?? []))
  if (entropy < 0.02 && entropyFirst > 0.1) say('RUN_ENTROPY_GONE', 'warning', { entropy: round(entropy) })
  const norm = mean(column('actor/grad_norm'))
  const normFirst = mean(metrics.first.flatMap(({ data }) => data['actor/grad_norm'] ?? []))
  if (metrics.recent.length >= 2 * STEADY && normFirst > 0 && norm > 10 * normFirst)
    say('RUN_GRADIENT_RISING', 'warning', { times: Math.round(norm / normFirst) })
  if (all('actor/kl_loss', (value) => value > 0.5))
    say('RUN_KL_HIGH', 'warning', { kl: round(mean(column('actor/kl_loss'))) })
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
