import type { DownloadView, FileTransfer, JobAsk, JobView } from '#contract'
import { createMeter } from '../jobs/meter'

export type DownloadAsk = Extract<JobAsk, { kind: 'download' }>

/** The page needs no more than this of a download of a thousand files. */
const SHOWN = 24
/** A new view at most this often. */
const SHOW_MS = 250

/** What one download shows of itself, gathered from the engine's news. */
export interface Tracker {
  view(): DownloadView
  /** Every file, in the order of the plan. */
  files(): FileTransfer[]
  /** The files that are to come; forgets what was known of others. */
  expect(files: { path: string; size: number }[]): void
  file(transfer: FileTransfer): void
  counted(counts: { againBytes: number; retries: number }): void
  set(change: Partial<DownloadView>): void
  dispose(): void
}

export function createTracker(job: string, asked: DownloadAsk, show: (view: DownloadView) => void): Tracker {
  const view: DownloadView = emptyDownload(job, asked)
  const files = new Map<string, FileTransfer>()
  const meter = createMeter()
  let timer: NodeJS.Timeout | null = null
  let done = 0
  let finished = 0
  const showNow = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    const running = view.state === 'running'
    view.bytes = { ...view.bytes, done }
    view.files = { ...view.files, done: finished }
    view.rate = running ? meter.rate(done) : null
    view.active = [...files.values()].filter(isActive).slice(0, SHOWN)
    show(structuredClone(view))
  }
  const showSoon = () => void (timer ??= setTimeout(showNow, SHOW_MS))
  return {
    view: () => view,
    files: () => [...files.values()],
    expect(wanted) {
      files.clear()
      for (const { path, size } of wanted) files.set(path, waiting(path, size))
      done = finished = 0
      view.bytes = { done: 0, total: wanted.reduce((sum, { size }) => sum + size, 0) }
      view.files = { done: 0, total: wanted.length }
      showNow()
    },
    file(transfer) {
      const before = files.get(transfer.path)
      done += transfer.done - (before?.done ?? 0)
      finished += Number(isFinished(transfer)) - Number(before !== undefined && isFinished(before))
      files.set(transfer.path, transfer)
      if (transfer.host !== null && !view.hosts.includes(transfer.host)) view.hosts = [...view.hosts, transfer.host]
      showSoon()
    },
    counted(counts) {
      Object.assign(view, counts)
    },
    set(change) {
      Object.assign(view, change)
      showNow()
    },
    dispose() {
      if (timer !== null) clearTimeout(timer)
    },
  }
}

const isFinished = ({ state }: FileTransfer) => state === 'done' || state === 'kept'
const isActive = ({ state }: FileTransfer) => state === 'running' || state === 'verifying' || state === 'failed'

const waiting = (path: string, size: number): FileTransfer => ({
  path,
  size,
  state: 'waiting',
  done: 0,
  segments: [],
  host: null,
  problem: null,
})

export const emptyDownload = (job: string, asked: DownloadAsk): DownloadView => ({
  job,
  kind: asked.repo,
  id: asked.id,
  revision: asked.revision ?? '',
  commit: null,
  source: asked.source,
  endpoint: asked.source.kind === 'folder' ? null : asked.source.endpoint,
  hosts: [],
  state: 'planning',
  place: 0,
  bytes: { done: 0, total: null },
  files: { done: 0, total: null },
  rate: null,
  againBytes: 0,
  retries: 0,
  active: [],
  error: null,
})

/** What a job's end means for its download. */
export function endState(status: JobView['status']): DownloadView['state'] {
  return status === 'running' ? 'running' : status
}
