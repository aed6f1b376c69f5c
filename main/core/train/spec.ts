import * as z from 'zod'
import { Params, RunRequest, Trainer } from '#contract'
import { ProcessIdentity } from '../proc/identity'

/** runs/<id>/spec.json: everything needed to start the run again. Holds no secret. What has a default came later. */
export const RunSpec = z.object({
  version: z.literal(1),
  id: z.string(),
  name: z.string(),
  trainer: Trainer,
  createdAt: z.number(),
  plannedSteps: z.number().int().nullable(),
  /** Found in the environment of every process of the run, so that none is missed when it is stopped. */
  token: z.string(),
  argv: z.array(z.string()).min(1),
  /** Added at this start: the checkpoint a resume begins with. */
  fromArgv: z.array(z.string()).default([]),
  /** Added when the supervisor starts it again after a crash: the newest checkpoint. */
  resumeArgv: z.array(z.string()).default([]),
  resumedFrom: z.number().int().nullable().default(null),
  restarts: z.number().int().default(0),
  /** Checkpoints that are neither the newest nor the best go (run_checkpoints.py). */
  rotate: z.boolean().default(false),
  /** Where metrics come from: the trainer's own file, or its output. */
  metrics: z.enum(['file', 'console']).default('file'),
  /** Where the trainer saves checkpoints, rollouts and validations when that is not the run's own folder: a cluster's shared one. */
  saves: z.string().nullable().default(null),
  cwd: z.string(),
  env: z.record(z.string(), z.string()),
  unsetEnv: z.array(z.string()),
  terminal: z.object({ columns: z.number().int(), rows: z.number().int() }),
  stop: z.object({ interruptSeconds: z.number(), terminateSeconds: z.number() }),
  /** What was decided, for the page and for a later duplicate. */
  options: Params,
  digests: z.record(z.string(), z.string()),
  /** What was asked for; null for the run of a practice. */
  requestId: z.string().nullable().default(null),
  request: RunRequest.nullable().default(null),
  /** The environment's id, its recipe's and its Python. */
  environment: z.string().nullable().default(null),
  recipe: z.string().nullable().default(null),
  python: z.string().nullable().default(null),
  model: z.string().nullable().default(null),
  data: z.string().nullable().default(null),
})
export type RunSpec = z.infer<typeof RunSpec>

/** runs/<id>/state.json, replaced by the supervisor every other second. */
export const RunState = z.object({
  supervisor: ProcessIdentity,
  phase: z.enum(['starting', 'running', 'stopping', 'ended']),
  startedAt: z.number(),
  heartbeatAt: z.number(),
  attempt: z.number().int().default(1),
  restarts: z.number().int().default(0),
  stopsAtCheckpoint: z.boolean().default(false),
})
export type RunState = z.infer<typeof RunState>

/** runs/<id>/exit.json, written last. */
export const RunExit = z.object({
  code: z.number().nullable(),
  signal: z.number().nullable(),
  stopped: z.enum(['interrupt', 'terminate', 'kill']).nullable(),
  endedAt: z.number(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  /** How often the kernel killed for memory, counted by the group it was in. */
  oom: z.object({ before: z.number().nullable(), after: z.number().nullable() }).nullable().default(null),
  diskFreeBytes: z.number().nullable().default(null),
})
export type RunExit = z.infer<typeof RunExit>

/** runs/<id>/queued.json: it waits for its card; the lowest `at` is next. */
export const Queued = z.object({ at: z.number() })

export const runFiles = {
  spec: 'spec.json',
  state: 'state.json',
  exit: 'exit.json',
  stop: 'stop.json',
  queued: 'queued.json',
  /** What was read of log and metrics so far. */
  watch: 'watch.json',
  attempts: 'attempts.jsonl',
  /** state, exit and stop files of attempts before a resume. */
  before: 'attempts',
  log: 'raw.log',
  metrics: 'metrics.jsonl',
  code: 'code',
  output: 'output',
  checkpoints: 'checkpoints',
  rollouts: 'rollouts',
  validations: 'validations',
  models: 'models',
  pins: 'pins.json',
  /** Which remedies were applied after which attempt. */
  remedies: 'remedies.json',
} as const
