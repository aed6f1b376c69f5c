import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { RunVerdict, RunView, StopMode } from '#contract'
import { AppError } from '../errors'
import { peekJson, removeIfThere, writeJson } from '../state/atomic-file'
import { stampedId } from '../state/id'
import type { ProjectionStore } from '../state/projection'
import { loadPhases } from './follow-log'
import { prepareRun, startSupervisor, type Launch } from './launch'
import { openPhaseTimes } from './phase-times'
import { Queued, runFiles, RunSpec } from './spec'
import { isOver } from './status'
import { createWatcher, type Watcher } from './watch'

/** How often the files of a living run are looked at while somebody reads it; the page hears of growth from here. */
const LOOK_MS = 250
/** And how often otherwise: a training takes days, and nobody looks most of the time. */
const FAR_MS = 1000
/** For how long after it was read a run counts as being read: a page reads on with each look that brings more. */
const NEAR_MS = 5000

export interface Runs {
  /** Makes its folder and starts it. */
  start(launch: Omit<Launch, 'runs' | 'resources'>, environment?: Record<string, string>): Promise<string>
  /** Makes its folder and lets it wait. */
  queue(launch: Omit<Launch, 'runs' | 'resources'>): Promise<string>
  /** Starts one that waited, or whose spec was replaced for a further attempt. */
  launch(id: string, environment: Record<string, string>): Promise<void>
  /** Replaces the spec of a run; `waits`: it is in the queue then. */
  replace(spec: RunSpec, waits: boolean): Promise<void>
  /** Waiting ones, the next first. */
  waiting(): string[]
  /** To the front. */
  first(id: string): Promise<void>
  view(id: string): RunView | null
  spec(id: string): RunSpec
  all(): { spec: RunSpec; view: RunView }[]
  /** Asks the supervisor, through a file it watches, to end the run; one that waits is over at once. */
  stop(id: string, mode: StopMode): Promise<void>
  /** Takes a stop after the next checkpoint back. */
  goOn(id: string): Promise<void>
  remove(id: string): Promise<void>
  seen(id: string): Promise<void>
  /** Keeps why its last attempt died. */
  judged(id: string, verdict: RunVerdict): Promise<void>
  /** Somebody reads it just now: for some seconds its files are looked at more often. */
  near(id: string): void
  file(id: string, name: keyof typeof runFiles): string
  folder(id: string): string
  /** Where its checkpoints and samples are: its folder, or a cluster's shared one. */
  saves(id: string): string
  /** Runs whose command names `path` or something below it, those that are not over first. */
  naming(path: string): RunView[]
  /** Resolves when the run is over, however it ended; `onLook` hears of each look in between. */
  ended(id: string, signal: AbortSignal, onLook: (view: RunView) => void): Promise<RunView>
  dispose(): void
}

export interface RunsDeps {
  folder: string
  resources: string
  projection: ProjectionStore
}

export async function openRuns(deps: RunsDeps): Promise<Runs> {
  const runs = new Map<string, Watcher>()
  const queued = new Map<string, number>()
  const [lookedAt, nearUntil] = [new Map<string, number>(), new Map<string, number>()]
  const watching = {
    phases: await loadPhases(deps.resources),
    times: await openPhaseTimes(join(dirname(deps.folder), 'phase-times.json')),
  }
  const folderOf = (id: string) => join(deps.folder, id)
  const order = () => [...queued].sort(([, a], [, b]) => a - b).map(([id]) => id)
  for (const entry of await readdir(deps.folder, { withFileTypes: true })) {
    const spec = entry.isDirectory() ? await peekJson(join(folderOf(entry.name), runFiles.spec), RunSpec) : null
    if (spec === null || spec === 'damaged' || spec.id !== entry.name) continue
    runs.set(spec.id, createWatcher(spec, { ...watching, folder: folderOf(spec.id), opening: true }))
    const waits = await peekJson(join(folderOf(spec.id), runFiles.queued), Queued)
    if (waits !== null && waits !== 'damaged') queued.set(spec.id, waits.at)
  }
  await lookAtAll()
  let looking = false
  const timer = setInterval(() => {
    if (looking) return
    looking = true
    void lookAtAll().finally(() => (looking = false))
  }, LOOK_MS)

  async function lookAt(id: string, run: Watcher): Promise<void> {
    lookedAt.set(id, Date.now())
    const changed = await run.look()
    if (changed && runs.has(id)) show(id)
  }
  function isDue(id: string): boolean {
    const now = Date.now()
    return now < (nearUntil.get(id) ?? 0) || now - (lookedAt.get(id) ?? 0) >= FAR_MS
  }
  function near(id: string): void {
    nearUntil.set(id, Date.now() + NEAR_MS)
  }
  async function lookAtAll(): Promise<void> {
    for (const [id, run] of runs) {
      const { status, endedAt } = run.view()
      if ((!isOver(status) || endedAt === null) && isDue(id)) await lookAt(id, run)
    }
  }
  function show(id: string): void {
    const place = order().indexOf(id)
    const value = { ...known(id).view(), queued: place === -1 ? null : place + 1 }
    deps.projection.apply({ topic: 'runs', key: id, value })
  }
  /** Everybody behind moves up. */
  function showQueue(): void {
    for (const id of queued.keys()) show(id)
  }
  async function leaveQueue(id: string): Promise<void> {
    queued.delete(id)
    await removeIfThere(join(folderOf(id), runFiles.queued))
    showQueue()
  }

  function known(id: string): Watcher {
    const run = runs.get(id)
    if (run === undefined) throw new AppError('NOT_FOUND', { what: 'run', id })
    return run
  }

  async function make(launch: Omit<Launch, 'runs' | 'resources'>, at: number | null): Promise<string> {
    const id = stampedId()
    const spec = await prepareRun(id, { ...launch, runs: deps.folder, resources: deps.resources })
    if (at !== null) {
      await writeJson(join(folderOf(id), runFiles.queued), { at })
      queued.set(id, at)
    }
    runs.set(id, createWatcher(spec, { ...watching, folder: folderOf(id), opening: false }))
    return id
  }

  return {
    async start(launch, environment) {
      const id = await make(launch, null)
      await startSupervisor(folderOf(id), launch.python, environment)
      near(id)
      await lookAt(id, known(id))
      return id
    },
    async queue(launch) {
      const id = await make(launch, Date.now())
      await lookAt(id, known(id))
      return id
    },
    async launch(id, environment) {
      const { python } = known(id).spec()
      await leaveQueue(id)
      await startSupervisor(folderOf(id), python ?? 'python3', environment)
      near(id)
      await lookAt(id, known(id))
    },
    async replace(spec, waits) {
      if (waits) {
        const at = Date.now()
        await writeJson(join(folderOf(spec.id), runFiles.queued), { at })
        queued.set(spec.id, at)
      }
      await writeJson(join(folderOf(spec.id), runFiles.spec), spec)
      known(spec.id).replace(spec)
      await lookAt(spec.id, known(spec.id))
      show(spec.id)
    },
    waiting: order,
    async first(id) {
      const first = order()[0]
      if (!queued.has(id) || first === undefined) return
      const at = (queued.get(first) ?? Date.now()) - 1
      await writeJson(join(folderOf(id), runFiles.queued), { at })
      queued.set(id, at)
      showQueue()
    },
    view: (id) => runs.get(id)?.view() ?? null,
    spec: (id) => known(id).spec(),
    all: () => [...runs.values()].map((run) => ({ spec: run.spec(), view: run.view() })),
    async stop(id, mode) {
      const run = known(id)
      if (isOver(run.view().status)) return
      if (queued.has(id)) {
        const exit = { code: null, signal: null, stopped: 'interrupt', endedAt: Date.now(), error: null }
        await writeJson(join(folderOf(id), runFiles.exit), exit)
        await leaveQueue(id)
        return lookAt(id, run)
      }
      near(id)
      const { request, options } = run.spec()
      if (mode === 'checkpoint' && savesNone(options)) throw new AppError('RUN_NO_CHECKPOINTS', { run: id })
      // Who stands in for a job here may not be killed: nobody would be left to stop the job there (ray_job.py).
      const possible = mode === 'now' && request?.cluster != null ? 'staged' : mode
      await writeJson(join(folderOf(id), runFiles.stop), { mode: possible })
    },
    async goOn(id) {
      if (known(id).view().stopsAtCheckpoint) await removeIfThere(join(folderOf(id), runFiles.stop))
    },
    async remove(id) {
      if (!isOver(known(id).view().status)) throw new AppError('BUSY', { what: id })
      const { saves } = known(id).spec()
      for (const all of [runs, lookedAt, nearUntil]) all.delete(id)
      deps.projection.apply({ topic: 'runs', key: id, value: null })
      if (saves !== null) await removeIfThere(saves)
      await removeIfThere(folderOf(id))
    },
    async seen(id) {
      await known(id).seen()
      show(id)
    },
    async judged(id, verdict) {
      await known(id).judged(verdict)
      show(id)
    },
    near,
    naming: (path) =>
      [...runs.values()]
        .filter((run) => run.spec().argv.some((word) => names(word, path)))
        .map((run) => run.view())
        .sort((a, b) => Number(isOver(a.status)) - Number(isOver(b.status))),
    folder: (id) => folderOf(known(id).spec().id),
    saves: (id) => known(id).spec().saves ?? folderOf(id),
    file: (id, name) => join(folderOf(known(id).spec().id), runFiles[name]),
    async ended(id, signal, onLook) {
      for (;;) {
        const view = known(id).view()
        onLook(view)
        if (isOver(view.status)) return view
        near(id)
        signal.throwIfAborted()
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
      }
    },
    dispose: () => clearInterval(timer),
  }
}

/** A plan says how often it saves: verl by trainer.save_freq, our TRL trainer by save-every. */
const savesNone = (options: RunSpec['options']) =>
  ['trainer.save_freq', 'save-every'].some((key) => key in options && Number(options[key]) <= 0)

/** verl's options are `key=value`, and a value may be a list in brackets. */
const names = (word: string, path: string) =>
  word.split(/[=,[\]'"]/).some((part) => part === path || part.startsWith(path + '/'))
