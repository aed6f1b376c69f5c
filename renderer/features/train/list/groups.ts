import type { RunView } from '#contract'
import { isLive } from '../../../stores/live'

const groups = ['queued', 'live', 'over'] as const
export type Group = (typeof groups)[number]

const groupOf = ({ status }: RunView): Group => (status === 'queued' ? 'queued' : isLive(status) ? 'live' : 'over')

/** The queue by place, then what trains, then what ended, newest first; groups without runs are left out. */
export function groupedRuns(all: Record<string, RunView>): { group: Group; runs: RunView[] }[] {
  const sorted = Object.values(all).sort((a, b) => (a.queued ?? 0) - (b.queued ?? 0) || b.createdAt - a.createdAt)
  return groups
    .map((group) => ({ group, runs: sorted.filter((run) => groupOf(run) === group) }))
    .filter(({ runs }) => runs.length > 0)
}

/** The runs behind "#/runs/compare/": ids with commas between them. */
export const idsOf = (part: string | undefined): string[] => [
  ...new Set((part ?? '').split(',').filter((id) => id !== '')),
]
