import type { Change, Projection, ProjectionEvent } from '#contract'

export interface Held {
  seq: number
  state: Projection
}

function replaced<T>(entries: Record<string, T>, key: string, value: T | null): Record<string, T> {
  if (value !== null) return { ...entries, [key]: value }
  const { [key]: _gone, ...rest } = entries
  return rest
}

function applyChange(state: Projection, change: Change): Projection {
  switch (change.topic) {
    case 'settings':
      return { ...state, settings: change.value }
    case 'machine':
      return { ...state, machine: change.value }
    case 'environments':
      return { ...state, environments: replaced(state.environments, change.key, change.value) }
    case 'jobs':
      return { ...state, jobs: replaced(state.jobs, change.key, change.value) }
    case 'runs':
      return { ...state, runs: replaced(state.runs, change.key, change.value) }
  }
}

/** The next state of the page, or null when an event is missing and only a new snapshot can help. */
export function reduce(held: Held | null, event: ProjectionEvent): Held | null {
  if (event.kind === 'snapshot') return { seq: event.seq, state: event.state }
  if (held === null || event.seq !== held.seq + 1) return null
  return { seq: event.seq, state: event.changes.reduce(applyChange, held.state) }
}
