import { join } from 'node:path'
import * as z from 'zod'
import type { AttemptView, RunView } from '#contract'
import { isAlive } from '../proc/identity'
import { peekJson, writeJson } from '../state/atomic-file'
import { sizeOf } from '../state/file-size'
import { metricsSize, readAllMetrics, readAttempts, readSlice } from './attempts'
import { newestCheckpoint } from './checkpoints'
import { beginLog, LogSoFar, withLine, type PhaseRule } from './follow-log'
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
})
type Kept = z.infer<typeof Kept>

/** One look reads so much of the log at most: a flood is caught up with over several. */
const LOG_BYTES = 1024 * 1024
/** Lines without end (a progress bar) are cut here. */
const LONGEST_LINE = 64 * 1024
const KEEP_EVERY_MS = 5_000

export interface Watcher {
  spec(): RunSpec
  view(): RunView
  /** Looks at the files; true when the view changed. */
  look(): Promise<boolean>
  /** The spec was replaced: a resume, a new name. */
  replace(spec: RunSpec): void
  seen(): Promise<void>
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
    if (metricsBytes > metrics.offset) {
      const chunk = await readAllMetrics(deps.folder, metrics.offset, attempts.length)
      for (const point of chunk.points) metrics = withPoint(metrics, point)
      metrics = { ...metrics, offset: chunk.next }
    }
    return { ...before, log, metrics }
  }

  async function readLog(before: LogSoFar, size: number, now: number): Promise<LogSoFar> {
    const bytes = await readSlice(path('log'), before.offset, Math.min(LOG_BYTES, size - before.offset))
    const end = bytes.lastIndexOf(0x0a) + 1 || (bytes.length > LONGEST_LINE ? bytes.length : 0)
    let log: LogSoFar = { ...before, offset: before.offset + end, movedAt: end > 0 ? now : before.movedAt }
    for (const line of bytes.subarray(0, end).toString('utf8').split('\n')) {
      const next = withLine(log, line, now, deps.phases)
      if (next.phase !== log.phase) deps.times.add(spec, log.phase, (now - log.since) / 1000)
      log = next
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
    async look() {
      // The exit file last: a run that ends between the looks would else have neither a supervisor nor an exit, and be called lost.
      const state = valid(await peekJson(path('state'), RunState))
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
      const attempts = await readAttempts(deps.folder)
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
        checkpoint: await newestCheckpoint(deps.folder),
        exit: exit === null ? null : { code: exit.code, signal: exit.signal },
        endedAt: isOver(status) ? (exit?.endedAt ?? state?.heartbeatAt ?? spec.createdAt) : null,
      }
      return JSON.stringify(view) !== JSON.stringify(before)
    },
  }
}

const begin = (now: number): Kept => ({ metrics: noMetrics, log: beginLog(1, now), knownOver: false, unseen: false })

interface Seen {
  state: RunState | null
  attempts: AttemptView[]
  status: RunView['status']
  times: PhaseTimes
}

function viewOf(spec: RunSpec, { log, metrics, unseen }: Kept, { state, attempts, status, times }: Seen): RunView {
  const { request } = spec
  const live = status === 'starting' || status === 'running' || status === 'stopping'
  const facts = { metrics, log, grouped: null, restarts: state?.restarts ?? 0, running: status === 'running' }
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
    findings: healthOf({ ...facts, now: Date.now() }),
    cluster: request?.cluster?.address ?? null,
    unseen,
  }
}

function firstView(spec: RunSpec, folder: string): RunView {
  const { id, name, trainer, createdAt, plannedSteps, environment, model, data } = spec
  return {
    ...{ id, name, trainer, folder, createdAt, plannedSteps, environment, model, data },
    ...{ status: 'starting', endedAt: null, exit: null, lastStep: null, lastReward: null },
    ...{ logBytes: 0, metricsBytes: 0, queued: null, attempts: [], phase: null, logMovedAt: null },
    ...{ secondsPerStep: null, validation: null, best: null, checkpoint: null, stopsAtCheckpoint: false },
    ...{ findings: [], cluster: null, unseen: false },
  }
}

const valid = <T>(value: T | null | 'damaged'): T | null => (value === 'damaged' ? null : value)
