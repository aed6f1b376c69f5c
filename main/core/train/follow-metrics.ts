import * as z from 'zod'
import { MetricPoint, RunScore } from '#contract'

/** What the metrics so far come to; a plain value that is kept between starts of the core. */
export const MetricsSoFar = z.object({
  offset: z.number(),
  lastStep: z.number().int().nullable(),
  lastReward: z.number().nullable(),
  validation: RunScore.nullable(),
  best: RunScore.nullable(),
  /** The newest training steps, for what is judged over several. */
  recent: z.array(MetricPoint),
  /** The first few, which later ones are compared with. */
  first: z.array(MetricPoint),
  /** The highest mean reward of a few steps in a row, and the last of them: what a fall is measured from. */
  peak: z.object({ step: z.number().int(), reward: z.number() }).nullable(),
})
export type MetricsSoFar = z.infer<typeof MetricsSoFar>

export const noMetrics: MetricsSoFar = {
  offset: 0,
  lastStep: null,
  lastReward: null,
  validation: null,
  best: null,
  recent: [],
  first: [],
  peak: null,
}

const RECENT = 20
/** Steps that must agree before something is said: one odd batch is no trend. */
export const STEADY = 5

/** verl's own names, the preferred first (docs: verl/trainer/ppo/metric_utils.py). */
const rewards = ['critic/rewards/mean', 'critic/score/mean']
const validations = [/^val-core\//, /^val\/test_score\//]
/** Only these are judged; a point of verl has eighty. */
const judged = [
  ...['mean', 'max', 'min'].flatMap((name) => [`critic/score/${name}`, `critic/rewards/${name}`]),
  ...['entropy', 'grad_norm', 'kl_loss', 'pg_clipfrac', 'ppo_kl'].map((name) => `actor/${name}`),
  ...['response_length/clip_ratio', 'timing_s/step', 'perf/cpu_memory_used_gb'],
]

const rewardOf = (data: MetricPoint['data']) => rewards.map((key) => data[key]).find((value) => value !== undefined)

/** One point more. A step that was there before belongs to an attempt that was given up. */
export function withPoint(before: MetricsSoFar, { step, data }: MetricPoint): MetricsSoFar {
  const next = { ...before, lastStep: step }
  const score = scoreOf(step, data)
  if (score !== null) {
    next.validation = score
    if (next.best === null || next.best.key !== score.key || score.value > next.best.value) next.best = score
  }
  const reward = rewardOf(data)
  if (reward === undefined) return next
  const point = {
    step,
    data: Object.fromEntries(judged.flatMap((key) => (key in data ? [[key, data[key] ?? 0]] : []))),
  }
  next.lastReward = reward
  next.recent = [...before.recent.filter((old) => old.step < step), point].slice(-RECENT)
  if (before.first.length < RECENT) next.first = [...before.first.filter((old) => old.step < step), point]
  const steady = steadyReward(next)
  if (steady !== null && (next.peak === null || steady > next.peak.reward)) next.peak = { step, reward: steady }
  return next
}

/** Mean reward of the last steps; null: too few of them. */
export function steadyReward({ recent }: MetricsSoFar): number | null {
  const last = recent.slice(-STEADY).flatMap(({ data }) => rewardOf(data) ?? [])
  return last.length < STEADY ? null : last.reduce((sum, value) => sum + value, 0) / STEADY
}

/** Of several data sources the mean, under the name of the first. */
function scoreOf(step: number, data: MetricPoint['data']): RunScore | null {
  const all = Object.entries(data).filter(([key]) => key.startsWith('val'))
  for (const pattern of validations) {
    const found = all.filter(([key]) => pattern.test(key))
    const [key] = found[0] ?? []
    if (key !== undefined) return { key, step, value: found.reduce((sum, [, value]) => sum + value, 0) / found.length }
  }
  return null
}

/** Median seconds of the last steps; null: fewer than two are known. */
export function secondsPerStep({ recent }: MetricsSoFar): number | null {
  const times = recent
    .slice(-10)
    .flatMap(({ data }) => data['timing_s/step'] ?? [])
    .sort((a, b) => a - b)
  return times.length < 2 ? null : (times[Math.floor(times.length / 2)] ?? null)
}
