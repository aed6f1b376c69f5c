import { totalmem } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import { RunVerdict, type AttemptView, type RunView } from '#contract'
import { isAlive } from '../proc/identity'
import { peekJson, writeJson } from '../state/atomic-file'
import { sizeOf } from '../state/file-size'
import { keptReading } from '../state/kept-reading'
import { metricsSize, readAllMetrics, readAttempts, readSlice } from './attempts'
import { newestCheckpoint, trackerPath } from './checkpoints'
import { beginLog, LogSoFar, withLine, withSkimmed, type PhaseRule } from './follow-log'
import { MetricsSoFar, noMetrics, secondsPerStep, withPoint } from './follow-metrics'
import { healthOf } from './health'
import type { PhaseTimes } from './phase-times'
import { Queued, RunExit, runFiles, RunState, type RunSpec } from './spec'
import { isOver, runStatus } from './status'

/** runs/<id>/watch.json: what was read so far, so that a later core goes on from there. */
const Kept = z.object({
  metrics: MetricsSoFar,
  log: LogSoFar,
  /** It was seen to be over, or it never was asked for by anybody. */
  knownOver: z.boolean(),
  unseen: z.boolean(),
  verdict: RunVerdict.nullable().default(null),
})
type Kept = z.infer<typeof Kept>

/** Of what came since the last look so much is read line by line; of more than that the two ends, and the rest is skimmed. */
const LOG_BYTES = 1024 * 1024
const SKIM_BYTES = 8 * 1024 * 1024
/** A fifth of a second's work; of an even longer log the last part is. */
const SKIM_MOST = 256 * 1024 * 1024
/** Lines without end (a progress bar) are cut here. */
const LONGEST_LINE = 64 * 1024
const KEEP_EVERY_MS = 15_000

export interface Watcher {
  spec(): RunSpec
  view(): RunView
  /** Looks at the files; true when the view changed. */
  look(): Promise<boolean>
  /** The spec was replaced: a resume, a new name. */
  replace(spec: RunSpec): void
  seen(): Promise<void>
  judged(verdict: RunVerdict): Promise<void>
}

export interface WatchDeps {
  folder: string
  phases: readonly PhaseRule[]
  times: PhaseTimes
  /** This is the first look of a core that was just opened: what is over now ended while nobody was there. */
  opening: boolean
}

export function createWatcher(first: RunSpec, deps: WatchDeps): Watcher {
  let spec = first
  let view = firstView(spec, deps.folder)
  let kept: Kept | null = null
  let keptAt = 0
  let opening = deps.opening
  const path = (name: keyof typeof runFiles) => join(deps.folder, runFiles[name])
  const readState = keptReading(path('state'), async () => valid(await peekJson(path('state'), RunState)))
  const readBook = keptReading(path('attempts'), () => readAttempts(deps.folder))
  const saves = first.saves ?? deps.folder
  const readNewest = keptReading(trackerPath(saves), () => newestCheckpoint(saves))

  async function read(state: RunState | null, attempts: AttemptView[], logBytes: number, metricsBytes: number) {
    const now = Date.now()
    const before = kept ?? valid(await peekJson(path('watch'), Kept)) ?? begin(now)
    const attempt = state?.attempt ?? 1
    let { log, metrics } = before
    if (attempt !== log.attempt) {
      const began = attempts.find(({ number }) => number === attempt)
      log = { ...beginLog(attempt, began?.startedAt ?? now), offset: began?.logFrom ?? log.offset }
    }
    if (logBytes > log.offset) log = await readLog(log, logBytes, now)
    while (metricsBytes > metrics.offset) {
      const chunk = await readAllMetrics(deps.folder, metrics.offset, { attempts: attempts.length, sparse: true })
      if (chunk.next === metrics.offset) break
      for (const point of chunk.points) metrics = withPoint(metrics, point)
      metrics = { ...metrics, offset: chunk.next }
    }
    return { ...before, log, metrics }
  }

  async function readLog(before: LogSoFar, size: number, now: number): Promise<LogSoFar> {
    if (size - before.offset <= LOG_BYTES) return readLines(before, size, now)
    const begun = await readLines(before, before.offset + LOG_BYTES / 2, now)
    return readLines(await skim(begun, size - LOG_BYTES / 2, now), size, now)
  }

  async function readLines(before: LogSoFar, until: number, now: number): Promise<LogSoFar> {
    const bytes = await readSlice(path('log'), before.offset, Buffer.allocUnsafe(until - before.offset))
    const end = bytes.lastIndexOf(0x0a) + 1 || (bytes.length > LONGEST_LINE ? bytes.length : 0)
    let log: LogSoFar = { ...before, offset: before.offset + end, movedAt: end > 0 ? now : before.movedAt }
    for (const line of bytes.subarray(0, end).toString('utf8').split('\n')) {
      const next = withLine(log, line, now, deps.phases)
      // What this core did not see begin and end says nothing of how long it took.
      if (next.phase !== log.phase && kept !== null) deps.times.add(spec, log.phase, (now - log.since) / 1000)
      log = next
    }
    return log
  }

  async function skim(before: LogSoFar, until: number, now: number): Promise<LogSoFar> {
    let log = { ...before, offset: Math.max(before.offset, until - SKIM_MOST) }
    // One room for all: taking new memory for each piece would take as long as reading it.
    const room = Buffer.allocUnsafe(SKIM_BYTES)
    while (log.offset < until) {
      const bytes = await readSlice(path('log'), log.offset, room.subarray(0, until - log.offset))
      const end = bytes.lastIndexOf(0x0a) + 1 || bytes.length
      if (end === 0) break
      log = { ...withSkimmed(log, bytes.subarray(0, end), now, deps.phases), offset: log.offset + end }
    }
    return log
  }

  return {
    spec: () => spec,
    view: () => view,
    replace(next) {
      spec = next
      view = { ...view, name: next.name, plannedSteps: next.plannedSteps }
    },
    async seen() {
      if (kept === null || !kept.unseen) return
      kept = { ...kept, unseen: false }
      view = { ...view, unseen: false }
      await writeJson(path('watch'), kept)
    },
    async judged(verdict) {
      if (kept === null) return
      kept = { ...kept, verdict }
      view = { ...view, verdict: verdictOf(kept, view) }
      await writeJson(path('watch'), kept)
    },
    async look() {
      // The exit file last: a run that ends between the looks would else have neither a supervisor nor an exit, and be called lost.
      const state = await readState()
      const alive = state !== null && isAlive(state.supervisor)
      const queued = state === null ? valid(await peekJson(path('queued'), Queued)) : null
      const exit = valid(await peekJson(path('exit'), RunExit))
      const status = runStatus({
        createdAt: spec.createdAt,
        now: Date.now(),
        state,
        exit,
        alive,
        queued: queued !== null,
      })
      const attempts = await readBook()
      const [logBytes, metricsBytes] = [await sizeOf(path('log')), await metricsSize(deps.folder, attempts.length)]
      let next = await read(state, attempts, logBytes, metricsBytes)
      if (isOver(status) && !next.knownOver)
        next = { ...next, knownOver: true, unseen: opening && spec.request !== null }
      if (!isOver(status) && next.knownOver) next = { ...next, knownOver: false, unseen: false }
      opening = false
      const caughtUp = isOver(status) && next.log.offset >= logBytes - LONGEST_LINE
      if (kept === null || (caughtUp && !view.endedAt) || Date.now() - keptAt > KEEP_EVERY_MS) {
        keptAt = Date.now()
        if (JSON.stringify(next) !== JSON.stringify(kept)) await writeJson(path('watch'), next)
      }
      kept = next
      const before = view
      view = {
        ...viewOf(spec, next, { state, attempts, status, times: deps.times }),
        ...{ folder: deps.folder, queued: view.queued, logBytes, metricsBytes },
        checkpoint: await readNewest(),
        exit: exit === null ? null : { code: exit.code, signal: exit.signal },
        endedAt: isOver(status) ? (exit?.endedAt ?? state?.heartbeatAt ?? spec.createdAt) : null,
      }
      return JSON.stringify(view) !== JSON.stringify(before)
    },
  }
}

const begin = (now: number): Kept => ({
  ...{ metrics: noMetrics, log: beginLog(1, now), knownOver: false, unseen: false, verdict: null },
})

/** That of an earlier attempt says nothing about this one. */
const verdictOf = ({ verdict }: Kept, { status, attempts }: Pick<RunView, 'status' | 'attempts'>) =>
  (status === 'failed' || status === 'lost') && verdict?.attempt === attempts.length ? verdict : null

interface Seen {
  state: RunState | null
  attempts: AttemptView[]
  status: RunView['status']
  times: PhaseTimes
}

function viewOf(spec: RunSpec, kept: Kept, { state, attempts, status, times }: Seen): RunView {
  const { log, metrics, unseen } = kept
  const { request } = spec
  const live = status === 'starting' || status === 'running' || status === 'stopping'
  const facts = { metrics, log, grouped: null, restarts: state?.restarts ?? 0, running: status === 'running' }
  const memoryBytes = request?.cluster == null ? totalmem() : null
  return {
    ...firstView(spec, ''),
    status,
    plannedSteps: spec.plannedSteps ?? log.totalSteps,
    lastStep: metrics.lastStep,
    lastReward: metrics.lastReward,
    attempts,
    phase: live ? { id: log.phase, since: log.since, usualSeconds: times.usual(spec, log.phase) } : null,
    logMovedAt: log.movedAt,
    secondsPerStep: secondsPerStep(metrics),
    validation: metrics.validation,
    best: metrics.best,
    stopsAtCheckpoint: live && state?.stopsAtCheckpoint === true,
    findings: healthOf({ ...facts, memoryBytes, now: Date.now() }),
    cluster: request?.cluster?.address ?? null,
    unseen,
    verdict: verdictOf(kept, { status, attempts }),
  }
}

function firstView(spec: RunSpec, folder: string): RunView {
  const { id, name, trainer, createdAt, plannedSteps, environment, model, data } = spec
  return {
    ...{ id, name, trainer, folder, createdAt, plannedSteps, environment, model, data },
    ...{ status: 'starting', endedAt: null, exit: null, lastStep: null, lastReward: null },
    ...{ logBytes: 0, metricsBytes: 0, queued: null, attempts: [], phase: null, logMovedAt: null },
    ...{ secondsPerStep: null, validation: null, best: null, checkpoint: null, stopsAtCheckpoint: false },
    ...{ findings: [], cluster: null, unseen: false, verdict: null },
  }
}

const valid = <T>(value: T | null | 'damaged'): T | null => (value === 'damaged' ? null : value)
