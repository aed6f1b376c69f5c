import { appendFile, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { JobView, type JobAsk, type Finding, type StepId, type StepView } from '#contract'
import { AppError, toAppError } from '../errors'
import { isAlive, ProcessIdentity, identityOf } from '../proc/identity'
import { endGroup } from '../proc/program'
import { peekJson, removeIfThere, writeJson } from '../state/atomic-file'
import { sizeOf } from '../state/file-size'
import type { ProjectionStore } from '../state/projection'
import type { Reservation } from '../space/ledger'
import { digestOf, type Journal } from './journal'
import { createMeter } from './meter'
import type { Step, StepContext } from './step'

/** jobs/<id>/job.json: what was asked and how far it came. */
const JobFile = z.object({ version: z.literal(2), view: JobView })
type JobFile = z.infer<typeof JobFile>

export interface JobHandle {
  id: string
  asked: JobAsk
  view(): JobView
  setRun(run: string): Promise<void>
  setReport(report: JobView['report']): void
}

export interface Jobs {
  /** Starts a job, or continues the interrupted one of this id; it is under way when this returns. */
  start(job: JobStart): void
  /** A job under way, of those that work on `claim` if one is named. */
  running(claim?: string): string | null
  asked(id: string): JobAsk | null
  /** The newest job that was interrupted or paused and asked for the same: it can be continued. */
  interrupted(asked: JobAsk): string | null
  cancel(id: string): void
  /** Stops it in a state in which `start` continues it. */
  pause(id: string): void
  /** Forgets one that is not under way; what it made stays. BUSY while it is. */
  forget(id: string): Promise<void>
  logFile(id: string): string
  /** Where a job keeps what it needs to go on. */
  folder(id: string): string
  /** Cancels what runs and waits for it. */
  dispose(): Promise<void>
}

interface JobStart {
  id: string
  asked: JobAsk
  /** What it changes, e.g. an environment's folder: two jobs never work on the same. BUSY if one does. */
  claims: string[]
  steps: (job: JobHandle) => Step[]
  /** Space it may need, promised before anything is written; DISK_FULL ends it at once. */
  reserve?: () => Promise<Reservation>
  /** Told how it ended, when that is on the disk. */
  onEnd?: (view: JobView) => void
}

export interface JobsDeps {
  folder: string
  journal: Journal
  projection: ProjectionStore
  /** Told after each step that ended, whose result may now be on the disk. */
  onSettled: () => Promise<void>
}

export async function openJobs(deps: JobsDeps): Promise<Jobs> {
  const files = await loadAll(deps)
  const active = new Map<string, { abort: AbortController; done: Promise<void>; claims: string[] }>()
  const running = (claim?: string) =>
    [...active].find(([, { claims }]) => claim === undefined || claims.includes(claim))?.[0] ?? null

  return {
    start({ id, asked, claims, steps, reserve, onEnd }) {
      const busy = claims.map(running).find((other) => other !== null)
      if (busy !== undefined) throw new AppError('BUSY', { what: busy })
      const abort = new AbortController()
      const job = createJob(deps, id, asked, files.get(id)?.view ?? null)
      files.set(id, job.file)
      const done = job.run(steps(job.handle), abort.signal, reserve).finally(() => {
        active.delete(id)
        onEnd?.(job.file.view)
      })
      // No waiting before this line: who asks in the same moment must find it under way.
      active.set(id, { abort, done, claims })
    },
    running,
    asked: (id) => files.get(id)?.view.asked ?? null,
    interrupted(asked) {
      const wanted = digestOf(asked)
      const same = ({ view }: JobFile) =>
        (view.status === 'interrupted' || view.status === 'paused') && digestOf(view.asked) === wanted
      const found = [...files.values()].filter(same).map(({ view }) => view)
      return found.sort((a, b) => b.startedAt - a.startedAt)[0]?.id ?? null
    },
    cancel(id) {
      active.get(id)?.abort.abort()
    },
    pause(id) {
      active.get(id)?.abort.abort(new Pausing())
    },
    async forget(id) {
      if (active.has(id)) throw new AppError('BUSY', { what: id })
      if (!files.delete(id)) return
      await removeIfThere(join(deps.folder, id))
      deps.projection.apply({ topic: 'jobs', key: id, value: null })
    },
    logFile: (id) => join(deps.folder, id, 'job.log'),
    folder: (id) => join(deps.folder, id),
    async dispose() {
      for (const { abort } of active.values()) abort.abort(new Closing())
      await Promise.all([...active.values()].map(({ done }) => done))
    },
  }
}

/** The reason of an abort because the core closes: the job is interrupted, not cancelled. */
export class Closing extends Error {}

/** The reason of an abort on request after which the job is to be continued. */
class Pausing extends Error {}

/** Jobs on disk. One that was running belonged to a core that is gone: it was interrupted. */
async function loadAll(deps: JobsDeps): Promise<Map<string, JobFile>> {
  const files = new Map<string, JobFile>()
  for (const id of (await readdir(deps.folder)).sort()) {
    const file = await peekJson(join(deps.folder, id, 'job.json'), JobFile).catch(() => null)
    if (file === null || file === 'damaged') continue
    if (file.view.status === 'running') {
      file.view.status = 'interrupted'
      for (const step of file.view.steps) if (step.status === 'running') step.status = 'waiting'
    }
    files.set(id, file)
    deps.projection.apply({ topic: 'jobs', key: id, value: file.view })
  }
  return files
}

function createJob(deps: JobsDeps, id: string, asked: JobAsk, before: JobView | null) {
  const folder = join(deps.folder, id)
  const view: JobView = before ?? emptyView(id, asked)
  const file: JobFile = { version: 2, view }
  const { show, showNow } = throttled(() =>
    deps.projection.apply({ topic: 'jobs', key: id, value: structuredClone(view) }),
  )
  const save = () => writeJson(join(folder, 'job.json'), file)
  let logging: Promise<unknown> = Promise.resolve()
  const log = (line: string) => {
    const text = line + '\n'
    view.logBytes += Buffer.byteLength(text)
    logging = logging.then(() => appendFile(join(folder, 'job.log'), text)).then(show)
  }

  const handle: JobHandle = {
    id,
    asked,
    view: () => view,
    async setRun(run) {
      view.run = run
      await save()
      show()
    },
    setReport(report) {
      view.report = report
    },
  }

  async function run(steps: Step[], signal: AbortSignal, reserve: JobStart['reserve']): Promise<void> {
    let reservation: Reservation | null = null
    // At once, before anybody can look: what the view said of an earlier try is over.
    Object.assign(view, {
      status: 'running',
      endedAt: null,
      error: null,
      steps: steps.map((step) => emptyStep(step.id)),
    })
    showNow()
    try {
      await mkdir(folder, { recursive: true })
      await endLeftover(folder)
      view.logBytes = await sizeOf(join(folder, 'job.log'))
      await save()
      reservation = (await reserve?.()) ?? null
      for (const [index, step] of steps.entries()) {
        const stepView = view.steps[index]
        if (stepView !== undefined) await runStep(step, stepView, signal, reservation)
      }
      view.status = 'done'
    } catch (thrown) {
      const error = signal.aborted ? new AppError('CANCELLED', {}, thrown) : toAppError(thrown)
      view.status = statusAfter(signal, error)
      view.error = view.status === 'paused' ? null : error.data
      if (view.status === 'failed') log(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown))
    }
    reservation?.release()
    view.endedAt = Date.now()
    await logging
    await save()
    showNow()
  }

  async function runStep(
    step: Step,
    stepView: StepView,
    signal: AbortSignal,
    reservation: Reservation | null,
  ): Promise<void> {
    signal.throwIfAborted()
    const digest = digestOf(await step.inputs())
    Object.assign(stepView, { status: 'running', startedAt: Date.now() })
    show()
    if (deps.journal.finished(step.subject, step.id) === digest && (await step.verify())) {
      Object.assign(stepView, { status: 'kept', endedAt: Date.now() })
      show()
      return
    }
    log(`== ${step.id}`)
    try {
      await step.run(contextFor(stepView, signal, reservation))
      if (!(await step.verify())) throw new AppError('INTERNAL', { detail: `${step.id} did not verify` })
      await deps.journal.record(step.subject, step.id, digest)
      Object.assign(stepView, { status: 'done', endedAt: Date.now() })
    } catch (thrown) {
      Object.assign(stepView, { status: signal.aborted ? 'cancelled' : 'failed', endedAt: Date.now() })
      throw thrown
    } finally {
      await removeIfThere(join(folder, 'child.json'))
      await save()
      await deps.onSettled()
      show()
    }
  }

  function contextFor(stepView: StepView, signal: AbortSignal, reservation: Reservation | null): StepContext {
    const meter = createMeter()
    return {
      signal,
      log,
      progress(progress) {
        stepView.progress = { ...progress, rate: meter.rate(progress.done) }
        show()
      },
      finding(finding: Finding) {
        stepView.findings.push(finding)
        log(`${finding.severity}: ${finding.code} ${JSON.stringify(finding.params)}`)
      },
      landed: (bytes) => reservation?.landed(bytes),
      onStart(pid) {
        const identity = identityOf(pid)
        if (identity !== null) void writeJson(join(folder, 'child.json'), identity)
      },
    }
  }

  return { handle, file, run }
}

function statusAfter(signal: AbortSignal, error: AppError): JobView['status'] {
  if (signal.aborted && signal.reason instanceof Closing) return 'interrupted'
  if (signal.aborted && signal.reason instanceof Pausing) return 'paused'
  return error.data.code === 'CANCELLED' ? 'cancelled' : 'failed'
}

/** A download reports a thousand pieces a second; nobody needs a copy of the view for each. */
function throttled(apply: () => void) {
  let timer: NodeJS.Timeout | null = null
  const showNow = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    apply()
  }
  return { showNow, show: () => (timer ??= setTimeout(showNow, 100)) }
}

/** A core that was killed may have left its child working in the very folder the step will use. */
async function endLeftover(folder: string): Promise<void> {
  const identity = await peekJson(join(folder, 'child.json'), ProcessIdentity)
  if (identity === null || identity === 'damaged' || !isAlive(identity)) return
  endGroup(identity.pid)
  while (isAlive(identity)) await new Promise((resolve) => setTimeout(resolve, 50))
}

function emptyView(id: string, asked: JobAsk): JobView {
  return {
    id,
    asked,
    status: 'running',
    startedAt: Date.now(),
    endedAt: null,
    steps: [],
    run: null,
    error: null,
    report: null,
    logBytes: 0,
  }
}

function emptyStep(id: StepId): StepView {
  return { id, status: 'waiting', startedAt: null, endedAt: null, progress: null, findings: [] }
}
