import type { DownloadRequest, DownloadView, FileTransfer, HubSource, JobView, RepoQuestion } from '#contract'
import { AppError } from '../errors'
import type { Jobs } from '../jobs/jobs'
import { digestOf } from '../jobs/journal'
import type { Started } from '../env/maker'
import { stampedId } from '../state/id'
import type { ProjectionStore } from '../state/projection'
import { downloadSteps, type DownloadDeps } from './download-steps'
import { repoKey } from './library'
import { createQueue } from './queue'
import { createTracker, emptyDownload, endState, type DownloadAsk, type Tracker } from './tracker'
import type { RepoRef } from './types'

/** What a job on a repository claims: nobody else works on its folder meanwhile. */
export const claimOfRepo = (key: string) => `hub/${key}`

/** Downloads are jobs; this adds what their page needs: a queue, pausing, and the view of every file. */
export interface Downloads {
  /** Starts it, or joins or continues the one there is. BUSY while another job works on the repository. */
  get(request: Omit<DownloadRequest, 'requestId'>): Promise<Started>
  pause(job: string): void
  resume(job: string): Started
  first(job: string): void
  /** `bytes`: the unfinished files too. BUSY while it runs. */
  dismiss(job: string, bytes: boolean): Promise<void>
  files(job: string): FileTransfer[]
  dispose(): void
}

export interface DownloadsDeps extends Omit<DownloadDeps, 'queue'> {
  jobs: Jobs
  projection: ProjectionStore
  atOnce: () => number
  /** What was typed, understood. */
  name: (question: RepoQuestion) => Promise<RepoRef & { source: HubSource; revision: string | null }>
}

export function createDownloads(deps: DownloadsDeps): Downloads {
  const { jobs, projection } = deps
  const trackers = new Map<string, Tracker>()
  const show = (view: DownloadView) => projection.apply({ topic: 'downloads', key: view.job, value: view })
  const queue = createQueue(deps.atOnce, () => {
    for (const [job, tracker] of trackers) {
      const place = queue.place(job)
      if (tracker.view().place !== place) tracker.set({ place })
    }
  })
  // What earlier starts of the core left, as far as a job's own file tells it.
  for (const job of Object.values(projection.read().jobs)) {
    if (job.asked.kind === 'download') show(remembered(job, job.asked))
  }

  function start(id: string, asked: DownloadAsk): Started {
    const key = repoKey(asked.repo, asked.id)
    const tracker = createTracker(id, asked, show)
    trackers.get(id)?.dispose()
    trackers.set(id, tracker)
    queue.ticket(id)
    jobs.start({
      id,
      asked,
      claims: [claimOfRepo(key)],
      steps: () => downloadSteps({ ...deps, queue }, id, asked, tracker),
      onEnd: ({ status, error }) => tracker.set({ state: endState(status), error: status === 'done' ? null : error }),
    })
    tracker.set({ state: 'planning' })
    return { job: id, joined: false }
  }

  function askedOf(job: string): DownloadAsk {
    const asked = jobs.asked(job)
    if (asked?.kind !== 'download') throw new AppError('NOT_FOUND', { what: 'download', id: job })
    return asked
  }

  /** One line a repository: a new try takes the place of what was there. */
  async function forgetOthers(asked: DownloadAsk, job: string): Promise<void> {
    const same = Object.values(projection.read().downloads).filter(
      (view) => view.job !== job && view.id === asked.id && view.kind === asked.repo,
    )
    await Promise.all(same.map((view) => forget(view.job)))
  }

  async function forget(job: string): Promise<void> {
    await jobs.forget(job)
    trackers.get(job)?.dispose()
    trackers.delete(job)
    projection.apply({ topic: 'downloads', key: job, value: null })
  }

  return {
    async get(request) {
      const { source, kind: repo, id, revision } = await deps.name(request)
      const { include, exclude } = request
      const asked: DownloadAsk = { kind: 'download', source, repo, id, revision, include, exclude }
      const running = jobs.running(claimOfRepo(repoKey(asked.repo, asked.id)))
      if (running !== null && isSame(jobs.asked(running), asked)) return { job: running, joined: true }
      const started = start(jobs.interrupted(asked) ?? `download-${stampedId()}`, asked)
      void forgetOthers(asked, started.job)
      return started
    },
    pause: (job) => jobs.pause(job),
    resume: (job) => start(job, askedOf(job)),
    first: (job) => queue.first(job),
    async dismiss(job, bytes) {
      const asked = askedOf(job)
      await forget(job)
      if (bytes) await deps.library.dropUnfinished(repoKey(asked.repo, asked.id))
    },
    files: (job) => trackers.get(job)?.files() ?? [],
    dispose() {
      for (const tracker of trackers.values()) tracker.dispose()
    },
  }
}

const isSame = (a: unknown, b: unknown) => digestOf(a) === digestOf(b)

/** What a job's own file tells of a download that this core did not see. */
function remembered({ id, status, error, steps }: JobView, asked: DownloadAsk): DownloadView {
  const progress = steps.find((step) => step.id === 'download.fetch')?.progress
  const bytes = { done: progress?.done ?? 0, total: progress?.total ?? null }
  return { ...emptyDownload(id, asked), state: endState(status), error, bytes }
}
