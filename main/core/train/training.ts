import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type {
  CheckpointView,
  EnvironmentView,
  Plan,
  ResumeRequest,
  RunDetails,
  RunRequest,
  RunView,
  StartRunRequest,
} from '#contract'
import { clusterLaunch } from '../cluster/cluster-launch'
import type { Clusters } from '../cluster/clusters'
import { AppError, errnoOf } from '../errors'
import { writeJson } from '../state/atomic-file'
import {
  checkpointPath,
  listCheckpoints,
  markNewest,
  newestCheckpoint,
  pinCheckpoint,
  removeCheckpoint,
} from './checkpoints'
import type { Launch } from './launch'
import { quoted, resolveRun, type Resolved, type ResolveDeps } from './resolve'
import type { Runs } from './runs'
import { runFiles, type RunSpec } from './spec'
import { isOver } from './status'

export interface TrainingDeps extends ResolveDeps {
  runs: Runs
  clusters: Clusters
  /** What a program of this environment is run with. */
  variables: (environment: EnvironmentView) => Promise<Record<string, string>>
  onFault: (thrown: unknown) => void
}

interface RetryRequest {
  requestId: string
  id: string
  request: RunRequest
  fresh: boolean
}

interface StartedRun {
  run: string
  joined: boolean
}

/** Runs that a person asked for: started, queued, resumed, and their checkpoints. */
export interface Training {
  start(asked: StartRunRequest): Promise<StartedRun>
  goOn(id: string): Promise<void>
  resume(asked: ResumeRequest): Promise<StartedRun>
  /** A further attempt of a run that is over, of a changed request; `fresh`: not from a checkpoint, though there are some. */
  retry(asked: RetryRequest): Promise<StartedRun>
  first(id: string): Promise<void>
  rename(id: string, name: string): Promise<void>
  seen(id: string): Promise<void>
  details(id: string): RunDetails
  checkpoints(id: string): Promise<CheckpointView[]>
  pin(id: string, step: number, pinned: boolean): Promise<CheckpointView[]>
  removeCheckpoint(id: string, step: number): Promise<CheckpointView[]>
  dispose(): void
}

/** How often the queue is looked at. */
const QUEUE_MS = 1000

export function createTraining(deps: TrainingDeps): Training {
  const { runs } = deps
  const asked = new Map<string, Promise<StartedRun>>()
  let moving = false
  const timer = setInterval(() => void moveQueue(), QUEUE_MS)

  /** One training at a time on the card of this machine; a cluster has a queue of its own. */
  const cardBusy = () => runs.all().some(({ spec, view }) => onCard(spec) && isLive(view))

  async function moveQueue(): Promise<void> {
    const [next] = runs.waiting()
    if (moving || next === undefined || cardBusy()) return
    moving = true
    try {
      await runs.launch(next, await inherited(runs.spec(next)))
    } catch (thrown) {
      deps.onFault(thrown)
      await runs.stop(next, 'now').catch(deps.onFault)
    } finally {
      moving = false
    }
  }

  /** What the trainer inherits. The cluster's token is here and not in the spec, which is a file. */
  async function inherited(spec: RunSpec): Promise<Record<string, string>> {
    const environment = deps.environments()[spec.environment ?? '']
    if (environment === undefined) throw new AppError('NOT_FOUND', { what: 'environment', id: spec.environment ?? '' })
    const address = spec.request?.cluster?.address
    const token = address === undefined ? null : await deps.clusters.token(address)
    return { ...(await deps.variables(environment)), ...tokenVariable(token) }
  }

  async function begin({ requestId, request }: StartRunRequest): Promise<StartedRun> {
    const known = runs.all().find(({ spec }) => spec.requestId === requestId)
    if (known !== undefined) return { run: known.spec.id, joined: true }
    const resolved = await resolveRun(deps, request)
    const launch = { ...(await launchFor(resolved, request)), requestId }
    if (request.cluster === null) {
      const id = await runs.queue(launch)
      await moveQueue()
      return { run: id, joined: false }
    }
    const variables = await deps.variables(resolved.environment)
    const token = await deps.clusters.token(request.cluster.address)
    return { run: await runs.start(launch, { ...variables, ...tokenVariable(token) }), joined: false }
  }

  /** On this machine, or as a job of a cluster. */
  async function launchFor(resolved: Resolved, request: RunRequest): Promise<RunLaunch> {
    const launch = launchOf(resolved, request)
    if (request.cluster === null) return launch
    return clusterLaunch(launch, resolved, request.cluster, await deps.clusters.look(request.cluster.address))
  }

  async function resume({ id, step }: ResumeRequest): Promise<StartedRun> {
    const view = runs.view(id)
    if (view === null || !isOver(view.status)) return { run: id, joined: true }
    const place = placeOf(id)
    const { saves } = place
    const from = step ?? (await newestCheckpoint(saves))
    if (from === null) throw new AppError('RUN_NO_CHECKPOINTS', { run: id })
    const found = (await listCheckpoints(place)).find((one) => one.step === from)
    if (found === undefined) throw new AppError('NOT_FOUND', { what: 'checkpoint', id: String(from) })
    return again(view, runs.spec(id), from)
  }

  async function retry({ id, request, fresh }: RetryRequest): Promise<StartedRun> {
    const view = runs.view(id)
    if (view === null || !isOver(view.status)) return { run: id, joined: true }
    const { folder, saves } = placeOf(id)
    const resolved = await resolveRun(deps, request)
    const { argv, resumeArgv, env, ...rest } = await launchFor(resolved, request)
    const changed = { ...rest, argv: argv(folder), resumeArgv: resumeArgv?.(folder) ?? [], env: env(folder) }
    return again(view, { ...runs.spec(id), ...changed }, fresh ? null : await newestCheckpoint(saves))
  }

  /** `from`: step of the checkpoint to go on from; null: from the beginning. */
  async function again({ id, attempts }: RunView, spec: RunSpec, from: number | null): Promise<StartedRun> {
    const { folder, saves } = placeOf(id)
    await setAside(folder, Math.max(1, attempts.length))
    if (from !== null) await markNewest(saves, from)
    const fromArgv = from === null ? freshWords(spec.trainer) : fromWords(spec.trainer, checkpointPath(saves, from))
    const next = { ...spec, resumedFrom: from, fromArgv }
    const onCluster = spec.request?.cluster != null
    await runs.replace(next, !onCluster)
    if (onCluster) await runs.launch(id, await inherited(next))
    else await moveQueue()
    return { run: id, joined: false }
  }

  /** The same request once more is the same start; one that failed may be tried again. */
  function once(requestId: string, work: () => Promise<StartedRun>): Promise<StartedRun> {
    const before = asked.get(requestId)
    if (before !== undefined) return before.then(({ run }) => ({ run, joined: true }))
    const started = work()
    asked.set(requestId, started)
    started.catch(() => asked.delete(requestId))
    return started
  }

  const placeOf = (id: string) => ({ folder: runs.folder(id), saves: runs.saves(id) })
  return {
    start: (request) => once(request.requestId, () => begin(request)),
    resume: (request) => once(request.requestId, () => resume(request)),
    retry: (request) => once(request.requestId, () => retry(request)),
    goOn: (id) => runs.goOn(id),
    first: (id) => runs.first(id),
    rename: (id, name) => runs.replace({ ...runs.spec(id), name }, false),
    seen: (id) => runs.seen(id),
    details: (id) => {
      const { request, argv, fromArgv, env, options, digests } = runs.spec(id)
      return { request, argv: [...argv, ...fromArgv], env, options, digests }
    },
    checkpoints: (id) => listCheckpoints(placeOf(id)),
    async pin(id, step, pinned) {
      await pinCheckpoint(runs.folder(id), step, pinned)
      return listCheckpoints(placeOf(id))
    },
    async removeCheckpoint(id, step) {
      const view = runs.view(id)
      if (view !== null && !isOver(view.status) && view.checkpoint === step) throw new AppError('BUSY', { what: id })
      await removeCheckpoint(runs.saves(id), step)
      return listCheckpoints(placeOf(id))
    },
    dispose: () => clearInterval(timer),
  }
}

type RunLaunch = Omit<Launch, 'runs' | 'resources'>

const tokenVariable = (token: string | null): Record<string, string> =>
  token === null ? {} : { LAUNCHPAD_RAY_TOKEN: token }
const isLive = ({ status }: RunView) => status === 'starting' || status === 'running' || status === 'stopping'
const onCard = (spec: RunSpec) => spec.request !== null && spec.request.cluster === null

function launchOf(resolved: Resolved, request: RunRequest): RunLaunch {
  const { trainer, plan, environment } = resolved
  const ownFile = plan !== null && (trainer === 'trl' || plan.overrides.some(writesFile))
  return {
    ...{ name: request.name, trainer, request, restarts: request.restarts, rotate: trainer !== 'command' },
    ...{ python: environment.program, environment: environment.id, recipe: plan?.recipe?.id ?? environment.recipe },
    ...{ model: resolved.model, data: resolved.data, metrics: ownFile ? 'file' : 'console' },
    plannedSteps: fewest(resolved.steps, plan === null ? null : plannedSteps(plan)),
    argv: resolved.argv,
    resumeArgv: () => againWords(trainer),
    env: resolved.env,
    options: plan === null ? {} : Object.fromEntries(plan.overrides.map(({ key, value }) => [key, value])),
    digests: {},
  }
}

const writesFile = ({ key, value }: Plan['overrides'][number]) => key === 'trainer.logger' && value.includes('"file"')

/** A number that was asked for is a limit: the data of a plan may be used up before. */
const fewest = (asked: number | null, planned: number | null) =>
  asked === null || planned === null ? (asked ?? planned) : Math.min(asked, planned)

/** Optimiser steps of the whole plan: whole batches of the rows, for each epoch (verl drops the last part of one). */
function plannedSteps({ overrides, data }: Plan): number | null {
  const number = (...keys: string[]) => Number(overrides.find(({ key }) => keys.includes(key))?.value ?? Number.NaN)
  const own = number('steps')
  if (Number.isInteger(own)) return own
  const steps =
    Math.floor((data?.rows ?? Number.NaN) / number('data.train_batch_size')) * number('trainer.total_epochs')
  return Number.isInteger(steps) && steps > 0 ? steps : null
}

/** After a crash: whatever is the newest then. */
const againWords = (trainer: RunSpec['trainer']): string[] =>
  trainer === 'verl' ? ['trainer.resume_mode=auto'] : trainer === 'trl' ? ['--resume'] : []

/** verl takes the step from the folder's name (ray_trainer.py _load_checkpoint). */
const fromWords = (trainer: RunSpec['trainer'], path: string): string[] =>
  trainer === 'verl'
    ? ['trainer.resume_mode=resume_path', `trainer.resume_from_path=${quoted(path)}`]
    : trainer === 'trl'
      ? ['--resume', path]
      : []

/** verl looks for a checkpoint by itself unless it is told not to (ray_trainer.py _load_checkpoint). */
const freshWords = (trainer: RunSpec['trainer']): string[] =>
  trainer === 'verl' ? ['trainer.resume_mode=disable'] : []

/** The files by which an attempt ended, out of the way of the next one. */
async function setAside(folder: string, attempt: number): Promise<void> {
  const target = join(folder, runFiles.before, String(attempt))
  await mkdir(target, { recursive: true })
  await writeJson(join(target, 'moved.json'), { at: Date.now() })
  for (const name of [runFiles.stop, runFiles.state, runFiles.exit]) {
    await rename(join(folder, name), join(target, name)).catch((thrown: unknown) => {
      if (errnoOf(thrown) !== 'ENOENT') throw thrown
    })
  }
}
