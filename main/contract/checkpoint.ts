import * as z from 'zod'
import { Finding } from './errors'
import { RunScore } from './run'

/** A checkpoint of a run, as its folder shows it. */
export const CheckpointView = z.object({
  step: z.number().int(),
  path: z.string(),
  bytes: z.number(),
  createdAt: z.number(),
  /** false: its writing was cut short, or something is missing. */
  whole: z.boolean(),
  /** The validation at its step or the last one before it. */
  score: RunScore.nullable(),
  best: z.boolean(),
  /** The one a resume goes on from. */
  newest: z.boolean(),
  /** Kept by hand: never rotated away. */
  pinned: z.boolean(),
  /** LoRA: it holds an adapter. */
  adapter: z.boolean(),
  /** The model that was made of it; null: none yet. */
  model: z.string().nullable(),
})
export type CheckpointView = z.infer<typeof CheckpointView>

const requestId = z.string().min(1).max(64)
const id = z.string().min(1).max(128)
const step = z.number().int().min(0)

export const MergeRequest = z.object({ requestId, id, step })
export type MergeRequest = z.infer<typeof MergeRequest>

/** The model of a checkpoint, copied to a folder of the user's that is empty or not there yet. */
export const ExportRequest = z.object({ requestId, id, step, folder: z.string().min(1) })
export type ExportRequest = z.infer<typeof ExportRequest>

/** The same questions to the model before and after the training. */
export const AskRequest = z.object({
  id,
  /** null: the newest checkpoint, merged or not. */
  step: step.nullable(),
  /** Rows of the validation file. */
  rows: z.array(z.number().int().min(0)).max(20),
  /** The user's own. */
  questions: z.array(z.string().min(1).max(4000)).max(20),
  maxTokens: z.number().int().min(1).max(4096),
})
export type AskRequest = z.infer<typeof AskRequest>

export const AskedAnswer = z.object({ text: z.string(), tokens: z.number().int(), score: z.number().nullable() })
export const Asked = z.object({
  row: z.number().int().nullable(),
  question: z.string(),
  truth: z.string().nullable(),
  base: AskedAnswer.nullable(),
  trained: AskedAnswer.nullable(),
})
export type Asked = z.infer<typeof Asked>

export const AskReport = z.object({
  device: z.string(),
  step,
  answers: z.array(Asked),
  findings: z.array(Finding),
})
export type AskReport = z.infer<typeof AskReport>
