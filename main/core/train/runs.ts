import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunView, StopMode } from '#contract'
import { AppError } from '../errors'
import { isAlive } from '../proc/identity'
import { peekJson, removeIfThere, writeJson } from '../state/atomic-file'
import { sizeOf } from '../state/file-size'
import { stampedId } from '../state/id'
import type { ProjectionStore } from '../state/projection'
import { prepareRun, startSupervisor, type Launch } from './launch'
import { readMetrics } from './read-log'
import { RunExit, runFiles, RunSpec, RunState } from './spec'
import { isOver, runStatus } from './status'

/** How often the files of a living run are looked at; the page hears of growth from here. */
const LOOK_MS = 250

export interface Runs {
  start(launch: Omit<Launch, 'runs' | 'resources'>): Promise<string>
  view(id: string): RunView | null
  /** Asks the supervisor, through a file it watches, to end the run. */
  stop(id: string, mode: StopMode): Promise<void>
  remove(id: string): Promise<void>
  file(id: string, name: keyof typeof runFiles): string
  folder(id: string): string
  /** Runs whose command names `path` or something below it, those that are not over first. */
  naming(path: string): RunView[]
  /** Resolves when the run is over, however it ended; `onLook` hears of each look in between. */
  ended(id: string, signal: AbortSignal, onLook: (view: RunView) => void): Promise<RunView>
  dispose(): void
}

interface Watched {
  spec: RunSpec
  view: RunView
}

export async function openRuns(deps: {
  folder: string
  resources: string
  projection: ProjectionStore
}): Promise<Runs> {
  const runs = new Map<string, Watched>()
  for (const id of await readdir(deps.folder)) {
    const spec = await peekJson(join(deps.folder, id, runFiles.spec), RunSpec)
    if (spec !== null && spec !== 'damaged' && spec.id === id) add(spec)
  }
  await lookAtAll()
  let looking = false
  const timer = setInterval(() => {
    if (looking) return
    looking = true
    void lookAtAll().finally(() => (looking = false))
  }, LOOK_MS)

  function add(spec: RunSpec): void {
    runs.set(spec.id, { spec, view: firstView(spec, join(deps.folder, spec.id)) })
  }

  async function lookAtAll(): Promise<void> {
    for (const [id, run] of runs) {
      const before = run.view
      if (isOver(before.status) && before.endedAt !== null) continue
      run.view = await look(run.spec, before)
      if (JSON.stringify(run.view) !== JSON.stringify(before))
        deps.projection.apply({ topic: 'runs', key: id, value: run.view })
    }
  }

  const known = (id: string): Watched => {
    const run = runs.get(id)
    if (run === undefined) throw new AppError('NOT_FOUND', { what: 'run', id })
    return run
  }

  return {
    async start(launch) {
      const id = stampedId()
      const folder = await prepareRun(id, { ...launch, runs: deps.folder, resources: deps.resources })
      const spec = await peekJson(join(folder, runFiles.spec), RunSpec)
      if (spec === null || spec === 'damaged')
        throw new AppError('RUN_NOT_STARTED', { detail: 'its spec cannot be read back' })
      add(spec)
      await startSupervisor(folder, launch.python)
      await lookAtAll()
      return id
    },
    view: (id) => runs.get(id)?.view ?? null,
    async stop(id, mode) {
      if (isOver(known(id).view.status)) return
      await writeJson(join(deps.folder, id, runFiles.stop), { mode })
    },
    async remove(id) {
      if (!isOver(known(id).view.status)) throw new AppError('BUSY', { what: id })
      runs.delete(id)
      deps.projection.apply({ topic: 'runs', key: id, value: null })
      await removeIfThere(join(deps.folder, id))
    },
    naming: (path) =>
      [...runs.values()]
        .filter(({ spec }) => spec.argv.some((word) => names(word, path)))
        .map(({ view }) => view)
        .sort((a, b) => Number(isOver(a.status)) - Number(isOver(b.status))),
    folder: (id) => join(deps.folder, known(id).spec.id),
    file: (id, name) => join(deps.folder, known(id).spec.id, runFiles[name]),
    async ended(id, signal, onLook) {
      for (;;) {
        const { view } = known(id)
        onLook(view)
        if (isOver(view.status)) return view
        signal.throwIfAborted()
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
      }
    },
    dispose: () => clearInterval(timer),
  }
}

/** verl's options are `key=value`, and a value may be a list in brackets. */
const names = (word: string, path: string) =>
  word.split(/[=,[\]'"]/).some((part) => part === path || part.startsWith(path + '/'))

function firstView(spec: RunSpec, folder: string): RunView {
  const { id, name, trainer, createdAt, plannedSteps } = spec
  return {
    id,
    name,
    trainer,
    status: 'starting',
    folder,
    createdAt,
    endedAt: null,
    exit: null,
    plannedSteps,
    lastStep: null,
    lastReward: null,
    logBytes: 0,
    metricsBytes: 0,
    queued: null,
    attempts: [],
    phase: null,
    logMovedAt: null,
    secondsPerStep: null,
    validation: null,
    best: null,
    checkpoint: null,
    stopsAtCheckpoint: false,
    findings: [],
    environment: null,
    model: null,
    data: null,
    cluster: null,
    unseen: false,
  }
}

/** The run as its files show it now. */
async function look(spec: RunSpec, before: RunView): Promise<RunView> {
  const path = (name: keyof typeof runFiles) => join(before.folder, runFiles[name])
  // The exit file last: a run that ends between the looks would else have neither a supervisor nor an exit, and be called lost.
  const state = valid(await peekJson(path('state'), RunState))
  const alive = state !== null && isAlive(state.supervisor)
  const exit = valid(await peekJson(path('exit'), RunExit))
  const [logBytes, metricsBytes] = await Promise.all([sizeOf(path('log')), sizeOf(path('metrics'))])
  const status = runStatus({ createdAt: spec.createdAt, now: Date.now(), state, exit, alive })
  const view = {
    ...before,
    status,
    logBytes,
    metricsBytes,
    exit: exit === null ? null : { code: exit.code, signal: exit.signal },
  }
  if (isOver(status)) view.endedAt = exit?.endedAt ?? state?.heartbeatAt ?? spec.createdAt
  if (metricsBytes !== before.metricsBytes) {
    const { points } = await readMetrics(path('metrics'), Math.max(0, metricsBytes - 64 * 1024))
    view.lastStep = points.at(-1)?.step ?? before.lastStep
    view.lastReward = points.at(-1)?.data['critic/rewards/mean'] ?? before.lastReward
  }
  return view
}

const valid = <T>(value: T | null | 'damaged'): T | null => (value === 'damaged' ? null : value)
