import * as z from 'zod'

export const PracticeInput = z.object({
  /** Made by the caller; the same id twice starts one job (a double click). */
  requestId: z.string().min(1).max(64),
  /** Optimiser steps. */
  steps: z.number().int().min(1).max(1000).default(20),
  /** A folder with train.jsonl and test.jsonl in GSM8K's form; null: problems made on the spot. */
  data: z.string().min(1).nullable().default(null),
})
export type PracticeInput = z.infer<typeof PracticeInput>

export const PracticeReport = z.object({
  /** Optimiser steps really trained. */
  steps: z.number().int(),
  /** Mean reward and mean answer length (tokens) of each step. */
  rewards: z.array(z.number()),
  lengths: z.array(z.number()),
  run: z.string(),
  runFolder: z.string(),
  environment: z.string(),
  model: z.object({ path: z.string(), parameters: z.number() }),
  data: z.object({ path: z.string(), train: z.number(), test: z.number(), source: z.enum(['made', 'given']) }),
  seconds: z.number(),
})
export type PracticeReport = z.infer<typeof PracticeReport>
