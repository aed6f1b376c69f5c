import type { MetricPoint } from '#contract'

export interface Series {
  steps: number[]
  values: number[]
}

export type AllSeries = ReadonlyMap<string, Series>

/** Adds points; a step that was reported before is replaced (a trainer resumed from a checkpoint repeats some). */
export function addPoints(all: AllSeries, points: readonly MetricPoint[]): AllSeries {
  if (points.length === 0) return all
  const next = new Map(all)
  const touched = new Set<string>()
  for (const { step, data } of points) {
    for (const [key, value] of Object.entries(data)) {
      if (!Number.isFinite(value)) continue
      const series = next.get(key)
      const own = series !== undefined && touched.has(key) ? series : copy(series)
      if (own !== series) {
        next.set(key, own)
        touched.add(key)
      }
      put(own, step, value)
    }
  }
  return next
}

function copy(series: Series | undefined): Series {
  return series === undefined ? { steps: [], values: [] } : { steps: [...series.steps], values: [...series.values] }
}

function put({ steps, values }: Series, step: number, value: number): void {
  let at = steps.length
  while (at > 0 && (steps[at - 1] ?? 0) >= step) at -= 1
  // Everything from this step on belongs to the attempt that was given up.
  steps.length = at
  values.length = at
  steps.push(step)
  values.push(value)
}

export const charted = ['reward', 'kl', 'length', 'loss', 'time'] as const
export type Charted = (typeof charted)[number]

/** verl's names, the preferred one first; trainers report one or the other. */
const metricKeys: Record<Charted, readonly string[]> = {
  reward: ['critic/rewards/mean', 'critic/score/mean'],
  kl: ['actor/kl_loss', 'actor/ppo_kl'],
  length: ['response_length/mean'],
  loss: ['actor/pg_loss', 'actor/loss'],
  time: ['timing_s/step', 'perf/time_per_step'],
}

/** The key a chart shows: the first that has values, else the first there is to expect. */
export function keyFor(chart: Charted, all: AllSeries): string {
  const keys = metricKeys[chart]
  return keys.find((key) => all.has(key)) ?? keys[0] ?? chart
}

export function otherKeys(all: AllSeries): string[] {
  const shown = new Set(charted.map((chart) => keyFor(chart, all)))
  return [...all.keys()].filter((key) => !shown.has(key)).sort()
}
