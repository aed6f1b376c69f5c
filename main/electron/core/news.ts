import type { Projection, RunView } from '#contract'
import type { News } from './messages'

/** A click could hardly follow more of them; the page has the list. */
const MOST_NOTICES = 20
const active: RunView['status'][] = ['starting', 'running', 'stopping']

/** What the window's frame says of the core's state. */
export const newsOf = ({ settings, jobs, runs, notices }: Projection): News => ({
  language: settings.language,
  theme: settings.theme,
  jobs: Object.values(jobs).filter(({ status }) => status === 'running').length,
  trainings: Object.values(runs)
    .filter(({ status }) => active.includes(status))
    .sort((a, b) => a.createdAt - b.createdAt)
    .map((run) => ({
      id: run.id,
      name: run.name,
      step: run.lastStep,
      planned: run.plannedSteps,
      here: run.cluster === null,
      // One that has saved none so far may still save some; the core knows.
      stopping: run.status === 'stopping' || run.stopsAtCheckpoint,
    })),
  notices: Object.values(notices)
    .filter(({ quiet }) => !quiet)
    .sort((a, b) => a.at - b.at)
    .slice(-MOST_NOTICES),
})
