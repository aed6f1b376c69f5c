import type { Preview } from '#contract'
import type { PreviewReason } from '#contract/locales'

/** The first rows of a file, before they are shown. */
export interface Rows {
  columns: Preview['columns']
  values: Record<string, unknown>[]
  totalRows: number | null
}

/** Thrown inside; named after the file at the border. */
export class NoPreview extends Error {
  constructor(readonly reason: PreviewReason) {
    super(reason)
  }
}
