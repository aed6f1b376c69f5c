import * as z from 'zod'

/** "lost": its supervisor is gone and left no exit file (power cut, kill -9 of everything). */
export const RunStatus = z.enum(['starting', 'running', 'stopping', 'finished', 'failed', 'stopped', 'lost'])
export type RunStatus = z.infer<typeof RunStatus>

export const RunView = z.object({
  id: z.string(),
  name: z.string(),
  trainer: z.enum(['trl', 'verl', 'command']),
  status: RunStatus,
  folder: z.string(),
  createdAt: z.number(),
  endedAt: z.number().nullable(),
  exit: z.object({ code: z.number().nullable(), signal: z.number().nullable() }).nullable(),
  plannedSteps: z.number().int().nullable(),
  lastStep: z.number().int().nullable(),
  lastReward: z.number().nullable(),
  /** Sizes of raw.log and metrics.jsonl: a reader that is behind pulls the rest by offset. */
  logBytes: z.number(),
  metricsBytes: z.number(),
})
export type RunView = z.infer<typeof RunView>

export const LogRequest = z.object({
  id: z.string(),
  /** Byte offset to read from. */
  from: z.number().int().min(0),
  /** Bytes at most. */
  max: z
    .number()
    .int()
    .min(1)
    .max(4 * 1024 * 1024)
    .default(256 * 1024),
})

/** `text` is bytes `from`..`next` as UTF-8; it never ends inside a character. */
export const LogChunk = z.object({ from: z.number(), next: z.number(), size: z.number(), text: z.string() })
export type LogChunk = z.infer<typeof LogChunk>

export const MetricPoint = z.object({ step: z.number(), data: z.record(z.string(), z.number()) })
export type MetricPoint = z.infer<typeof MetricPoint>

export const MetricsChunk = z.object({ next: z.number(), size: z.number(), points: z.array(MetricPoint) })
export type MetricsChunk = z.infer<typeof MetricsChunk>
