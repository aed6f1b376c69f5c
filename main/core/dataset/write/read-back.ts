import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Sources, WorkContext } from '../types'
import { AppError } from '../../errors'

/** Reads what was written, row by row: DATA_NOT_AS_WRITTEN when a value is another one. `rows`: digests by split. */
export async function readBack(
  sources: Sources,
  { folder, rows }: { folder: string; rows: Record<string, string> },
  context: WorkContext,
): Promise<void> {
  for (const [split, wanted] of Object.entries(rows)) {
    const file = join(folder, `${split}.parquet`)
    const digest = createHash('sha256')
    const data = { paths: [file], config: null, split: null, badLines: 'stop' as const }
    for await (const batch of sources.batches(data, context)) {
      for (const row of batch.rows) digest.update(`${JSON.stringify(row)}\n`)
      context.progress(batch.from + batch.rows.length, null, 'rows')
    }
    if (digest.digest('hex') !== wanted) throw new AppError('DATA_NOT_AS_WRITTEN', { file, detail: 'other values' })
  }
}
