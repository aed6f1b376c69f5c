import * as z from 'zod'
import { Params } from '#contract'
import { ProcessIdentity } from '../proc/identity'

/** runs/<id>/spec.json: everything needed to start the run again. Holds no secret. */
export const RunSpec = z.object({
  version: z.literal(1),
  id: z.string(),
  name: z.string(),
  trainer: z.enum(['trl', 'verl', 'command']),
  createdAt: z.number(),
  plannedSteps: z.number().int().nullable(),
  /** Found in the environment of every process of the run, so that none is missed when it is stopped. */
  token: z.string(),
  argv: z.array(z.string()).min(1),
  cwd: z.string(),
  env: z.record(z.string(), z.string()),
  unsetEnv: z.array(z.string()),
  terminal: z.object({ columns: z.number().int(), rows: z.number().int() }),
  stop: z.object({ interruptSeconds: z.number(), terminateSeconds: z.number() }),
  /** What was decided, for the page and for a later duplicate. */
  options: Params,
  digests: z.record(z.string(), z.string()),
})
export type RunSpec = z.infer<typeof RunSpec>

/** runs/<id>/state.json, replaced by the supervisor every other second. */
export const RunState = z.object({
  supervisor: ProcessIdentity,
  phase: z.enum(['starting', 'running', 'stopping', 'ended']),
  startedAt: z.number(),
  heartbeatAt: z.number(),
})
export type RunState = z.infer<typeof RunState>

/** runs/<id>/exit.json, written last. */
export const RunExit = z.object({
  code: z.number().nullable(),
  signal: z.number().nullable(),
  stopped: z.enum(['interrupt', 'terminate', 'kill']).nullable(),
  endedAt: z.number(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
})
export type RunExit = z.infer<typeof RunExit>

export const runFiles = {
  spec: 'spec.json',
  state: 'state.json',
  exit: 'exit.json',
  stop: 'stop.json',
  log: 'raw.log',
  metrics: 'metrics.jsonl',
  code: 'code',
  output: 'output',
  checkpoints: 'checkpoints',
  rollouts: 'rollouts',
  validations: 'validations',
} as const
