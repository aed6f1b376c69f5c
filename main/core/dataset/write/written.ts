import { PreparedCard, SplitCounts } from '#contract'
import * as z from 'zod'

/** What writing leaves beside the rows, for the steps after it. */
export const Written = z.object({
  train: SplitCounts,
  test: SplitCounts.nullable(),
  sources: PreparedCard.shape.sources,
  files: PreparedCard.shape.files,
  /** One digest over all rows of each file, in order. */
  rows: z.record(z.string(), z.string()),
})
export type Written = z.infer<typeof Written>
