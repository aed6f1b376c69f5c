import type { Change, Projection } from './projection'

/** The projection after one change. The core and every page keep theirs with this same function. */
export function applyChange(state: Projection, change: Change): Projection {
  switch (change.topic) {
    case 'settings':
      return { ...state, settings: change.value }
    case 'machine':
      return { ...state, machine: change.value }
    case 'plan':
      return { ...state, plan: change.value }
    case 'environments':
      return { ...state, environments: withEntry(state.environments, change.key, change.value) }
    case 'downloads':
      return { ...state, downloads: withEntry(state.downloads, change.key, change.value) }
    case 'library':
      return { ...state, library: withEntry(state.library, change.key, change.value) }
    case 'datasets':
      return { ...state, datasets: withEntry(state.datasets, change.key, change.value) }
    case 'jobs':
      return { ...state, jobs: withEntry(state.jobs, change.key, change.value) }
    case 'runs':
      return { ...state, runs: withEntry(state.runs, change.key, change.value) }
    case 'notices':
      return { ...state, notices: withEntry(state.notices, change.key, change.value) }
  }
}

function withEntry<T>(entries: Record<string, T>, key: string, value: T | null): Record<string, T> {
  const next = { ...entries }
  if (value === null) delete next[key]
  else next[key] = value
  return next
}
