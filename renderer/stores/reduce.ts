import type { Projection, ProjectionEvent } from '#contract'
import { applyChange } from '#contract/apply-change'

export interface Held {
  seq: number
  state: Projection
}

/** The next state of the page, or null when an event is missing and only a new snapshot can help. */
export function reduce(held: Held | null, event: ProjectionEvent): Held | null {
  if (event.kind === 'snapshot') return { seq: event.seq, state: event.state }
  if (held === null || event.seq !== held.seq + 1) return null
  return { seq: event.seq, state: event.changes.reduce(applyChange, held.state) }
}
