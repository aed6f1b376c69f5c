import * as z from 'zod'
import { Finding, Params } from './errors'
import { PlanRequest } from './plan'

/**
 * "queued": it waits for the card. "lost": its supervisor is gone and left no exit file (power cut, kill -9 of
 * everything).
 */
export const RunStatus = z.enum(['queued', 'starting', 'running', 'stopping', 'finished', 'failed', 'stopped', 'lost'])
export type RunStatus = z.infer<typeof RunStatus>

export const Trainer = z.enum(['trl', 'verl', 'command'])
export type Trainer = z.infer<typeof Trainer>

/** Parts of a training as its own log shows them (resources/verl/phases.yaml), in their order. */
export const phaseIds = [
  'start',
  'ray',
  'config',
  'data',
  'model',
  'engine',
  'rollout',
  'steps',
  'save',
  'end',
] as const
export const PhaseId = z.enum(phaseIds)
export type PhaseId = z.infer<typeof PhaseId>

export const PhaseView = z.object({
  id: PhaseId,
  since: z.number(),
  /** Learnt from past runs of the same kind; null: never seen before. */
  usualSeconds: z.number().nullable(),
})
export type PhaseView = z.infer<typeof PhaseView>

/** A Ray cluster that takes jobs. Its token is kept as other secrets are, by this address. */
export const ClusterRef = z.object({
  /** http://host:8265, where the dashboard answers. */
  address: z.url({ protocol: /^https?$/ }),
  /** A folder under one path on every machine of the cluster and on this one; null: there is none. */
  shared: z.string().nullable(),
})
export type ClusterRef = z.infer<typeof ClusterRef>

/** What is trained: a plan, which names trainer and options, or any command that prints verl's metric lines or writes its JSONL. */
export const RunWork = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('plan'),
    plan: PlanRequest,
    /** Optimiser steps at most; null: what the plan says. */
    steps: z.number().int().min(1).max(1_000_000).nullable(),
  }),
  z.object({
    kind: z.literal('command'),
    argv: z.array(z.string()).min(1).max(1000),
    /** null: the run's own folder. */
    cwd: z.string().nullable(),
    env: z.record(z.string().regex(/^[A-Za-z_]\w*$/), z.string()),
    steps: z.number().int().min(1).nullable(),
  }),
])
export type RunWork = z.infer<typeof RunWork>

/** Everything a run follows from, so that it can be asked for again with changes. */
export const RunRequest = z.object({
  name: z.string().trim().min(1).max(80),
  work: RunWork,
  /** An environment's id; null: the one that is used for the plan's recipe. */
  environment: z.string().nullable(),
  /** After a crash that came after some progress it is started again from its last checkpoint, this often at most. */
  restarts: z.number().int().min(0).max(20),
  /** null: this machine. */
  cluster: ClusterRef.nullable(),
})
export type RunRequest = z.infer<typeof RunRequest>

/** Made by the caller; the same id twice starts one run, also after the core was opened anew. */
const requestId = z.string().min(1).max(64)
export const StartRunRequest = z.object({ requestId, request: RunRequest })
export type StartRunRequest = z.infer<typeof StartRunRequest>

export const ResumeRequest = z.object({
  requestId,
  id: z.string().min(1).max(128),
  /** Step of the checkpoint to go on from; null: the newest. */
  step: z.number().int().min(0).nullable(),
})
export type ResumeRequest = z.infer<typeof ResumeRequest>

/** "checkpoint": after the next one; "staged": interrupt, terminate, kill, each with its time; "now": kill. */
export const StopMode = z.enum(['checkpoint', 'staged', 'now'])
export type StopMode = z.infer<typeof StopMode>

/** One start of the trainer; a run that was resumed or started again has several. */
export const AttemptView = z.object({
  number: z.number().int(),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  exit: z.object({ code: z.number().nullable(), signal: z.number().nullable() }).nullable(),
  /** Step of the checkpoint it began with; null: from the beginning. */
  resumedFrom: z.number().int().nullable(),
  /** Where its output begins in the log. */
  logFrom: z.number(),
})
export type AttemptView = z.infer<typeof AttemptView>

/** A validation score, by the key the trainer reports it under. */
export const RunScore = z.object({ key: z.string(), step: z.number().int(), value: z.number() })
export type RunScore = z.infer<typeof RunScore>

/** What an attempt died of, in a line for each language; null: no sign of it was found. */
export const RunVerdict = z.object({
  attempt: z.number().int(),
  signature: z.string().nullable(),
  title: z.object({ en: z.string(), 'zh-CN': z.string() }).nullable(),
})
export type RunVerdict = z.infer<typeof RunVerdict>

export const RunView = z.object({
  id: z.string(),
  name: z.string(),
  trainer: Trainer,
  status: RunStatus,
  folder: z.string(),
  createdAt: z.number(),
  endedAt: z.number().nullable(),
  exit: z.object({ code: z.number().nullable(), signal: z.number().nullable() }).nullable(),
  plannedSteps: z.number().int().nullable(),
  lastStep: z.number().int().nullable(),
  lastReward: z.number().nullable(),
  /** Sizes of the log and of the metrics of all attempts: a reader that is behind pulls the rest by offset. */
  logBytes: z.number(),
  metricsBytes: z.number(),
  /** Place in the queue, from 1; null: it is not in it. */
  queued: z.number().int().nullable(),
  attempts: z.array(AttemptView),
  /** null while it is queued or over. */
  phase: PhaseView.nullable(),
  /** When the log last grew. */
  logMovedAt: z.number().nullable(),
  /** Median of the last steps; null: fewer than two are done. */
  secondsPerStep: z.number().nullable(),
  /** The newest and the best validation. */
  validation: RunScore.nullable(),
  best: RunScore.nullable(),
  /** Step of the newest whole checkpoint. */
  checkpoint: z.number().int().nullable(),
  /** It was asked to stop after the next one. */
  stopsAtCheckpoint: z.boolean(),
  /** What the numbers say about the learning (main/core/train/health.ts), and what the run met: RUN_RESTARTED, ... */
  findings: z.array(Finding),
  environment: z.string().nullable(),
  /** What is trained on what, for a person: names, not paths. */
  model: z.string().nullable(),
  data: z.string().nullable(),
  /** Where it trains; null: on this machine. */
  cluster: z.string().nullable(),
  /** It ended while nobody watched, and nobody has looked since. */
  unseen: z.boolean(),
  /** null: it did not die, or nobody has looked yet why. */
  verdict: RunVerdict.nullable(),
})
export type RunView = z.infer<typeof RunView>

/** How a run was started. */
export const RunDetails = z.object({
  /** null for the runs of the practice. */
  request: RunRequest.nullable(),
  argv: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  options: Params,
  digests: z.record(z.string(), z.string()),
})
export type RunDetails = z.infer<typeof RunDetails>

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

/** Offsets go through the files of all attempts, one after the other. */
export const MetricsChunk = z.object({ next: z.number(), size: z.number(), points: z.array(MetricPoint) })
export type MetricsChunk = z.infer<typeof MetricsChunk>

/** One answer of a rollout or a validation, as the trainer dumped it. */
export const Sample = z.object({
  step: z.number().int(),
  kind: z.enum(['train', 'validation']),
  /** Its place in the step's file. */
  index: z.number().int(),
  prompt: z.string(),
  answer: z.string(),
  truth: z.string().nullable(),
  score: z.number().nullable(),
})
export type Sample = z.infer<typeof Sample>

export const SamplesRequest = z.object({
  id: z.string().min(1).max(128),
  kind: Sample.shape.kind,
  /** null: the newest. With `prompt`: every step. */
  step: z.number().int().nullable(),
  /** Only answers to this very prompt: what changed between the steps. */
  prompt: z.string().nullable(),
  minScore: z.number().nullable(),
  maxScore: z.number().nullable(),
  offset: z.number().int().min(0),
  limit: z.number().int().min(1).max(200),
})
export type SamplesRequest = z.infer<typeof SamplesRequest>

export const SamplesPage = z.object({
  /** Steps that were dumped, oldest first. */
  steps: z.array(z.number().int()),
  /** The one that is shown; null: none is there, or all are. */
  step: z.number().int().nullable(),
  total: z.number().int(),
  samples: z.array(Sample),
})
export type SamplesPage = z.infer<typeof SamplesPage>
