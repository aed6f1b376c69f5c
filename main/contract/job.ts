import * as z from 'zod'
import { AppErrorData, Finding } from './errors'
import { ConvertRequest } from './dataset'
import { HubSource, RepoKind } from './hub'
import { PracticeReport } from './practice'

/** Progress is counted, never invented: `total` is null when it is not known. */
export const Progress = z.object({
  done: z.number(),
  total: z.number().nullable(),
  unit: z.enum(['bytes', 'rows', 'steps', 'items', 'tokens']),
  /** Units per second over the last seconds. */
  rate: z.number().nullable(),
  /** What it is busy with or waits for: a file, a package, a host. */
  what: z.string().nullable(),
})
export type Progress = z.infer<typeof Progress>

/** The steps of practice, in order; an environment alone is the `environment.*` part. */
export const stepIds = [
  'machine',
  'environment.create',
  'environment.resolve',
  'environment.fetch',
  'environment.install',
  'environment.patch',
  'environment.probe',
  'environment.manifest',
  'download.plan',
  'download.fetch',
  'download.check',
  'library.verify',
  'library.say',
  'dataset.convert',
  'dataset.compare',
  'dataset.prove',
  'dataset.keep',
  'model.merge',
  'model.prove',
  'model.copy',
  'data',
  'model',
  'preflight',
  'train',
  'report',
] as const
export const StepId = z.enum(stepIds)
export type StepId = z.infer<typeof StepId>

export const StepStatus = z.enum(['waiting', 'running', 'done', 'kept', 'failed', 'cancelled'])
export type StepStatus = z.infer<typeof StepStatus>

export const StepView = z.object({
  id: StepId,
  /** "kept": its inputs are unchanged and its result still verifies, so it was not run again. */
  status: StepStatus,
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  progress: Progress.nullable(),
  findings: z.array(Finding),
})
export type StepView = z.infer<typeof StepView>

/** What a job was asked for; asking for the same again continues an interrupted one. */
export const JobAsk = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('practice'), steps: z.number().int(), data: z.string().nullable() }),
  z.object({ kind: z.literal('environment'), recipe: z.string(), environment: z.string() }),
  z.object({
    kind: z.literal('download'),
    source: HubSource,
    repo: RepoKind,
    id: z.string(),
    revision: z.string().nullable(),
    include: z.array(z.string()).nullable(),
    exclude: z.array(z.string()),
  }),
  z.object({ kind: z.literal('verify'), key: z.string() }),
  ConvertRequest.omit({ requestId: true }).extend({ kind: z.literal('convert') }),
  z.object({ kind: z.literal('merge'), run: z.string(), step: z.number().int() }),
  z.object({ kind: z.literal('export'), run: z.string(), step: z.number().int(), folder: z.string() }),
  z.object({ kind: z.literal('say'), key: z.string(), environment: z.string(), prompt: z.string() }),
])
export type JobAsk = z.infer<typeof JobAsk>

export const JobView = z.object({
  id: z.string(),
  asked: JobAsk,
  /** "interrupted": the core ended while it ran; "paused": on request. Starting it again continues it. */
  status: z.enum(['running', 'done', 'failed', 'cancelled', 'interrupted', 'paused']),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  steps: z.array(StepView),
  /** The run this job started, as soon as there is one. */
  run: z.string().nullable(),
  error: AppErrorData.nullable(),
  report: PracticeReport.nullable(),
  logBytes: z.number(),
})
export type JobView = z.infer<typeof JobView>
