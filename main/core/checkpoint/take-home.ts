import { resolve } from 'node:path'
import type { AskReport, AskRequest, EnvironmentView, ExportRequest, JobAsk, MergeRequest, Watched } from '#contract'
import { follow } from '../dataset/follow'
import type { Started } from '../env/maker'
import { AppError } from '../errors'
import type { Jobs } from '../jobs/jobs'
import { digestOf } from '../jobs/journal'
import type { Ledger, Reservation } from '../space/ledger'
import { stampedId } from '../state/id'
import type { ProjectionStore } from '../state/projection'
import type { RootLayout } from '../state/root'
import type { Runs } from '../train/runs'
import { isOver } from '../train/status'
import { askModels } from './ask'
import { checkTarget, copyStep, existingAbove } from './copy-steps'
import { mergeSteps } from './merge-steps'
import { checkpointSteps, placeOf, readNote, weightBytes } from './run-models'

export interface TakeHomeDeps {
  runs: Runs
  jobs: Jobs
  resources: string
  layout: RootLayout
  ledger: Ledger
  projection: ProjectionStore
  environments: () => Record<string, EnvironmentView>
}

/** From a checkpoint to a model that can be used. */
export interface TakeHome {
  /** NOT_FOUND, RUN_NEEDS_ENVIRONMENT; in the job: CHECKPOINT_BROKEN, MERGE_FAILED, MODEL_*. */
  merge(request: Omit<MergeRequest, 'requestId'>): Promise<Started>
  /** FOLDER_NOT_EMPTY, DISK_FULL; merges first where that was not done. */
  export(request: Omit<ExportRequest, 'requestId'>): Promise<Started>
  /** Merges first where that was not done; see `askModels` for its errors. */
  ask(request: AskRequest, signal: AbortSignal): AsyncIterable<Watched<AskReport>>
}

const claimOf = (run: string, step: number) => `model/${run}/${step}`

export function createTakeHome(deps: TakeHomeDeps): TakeHome {
  const { runs, jobs, resources, layout, ledger, projection } = deps
  // Asked anew in each step: an environment may have been mended since.
  const placed = (id: string, step: number) => () => placeOf(deps, id, step)
  const cardIsTaken = () => Object.values(projection.read().runs).some(({ status }) => !isOver(status))
  const steps = (id: string, step: number) =>
    mergeSteps({ resources, cardIsTaken }, placed(id, step), claimOf(id, step))

  async function present(id: string, step: number) {
    const place = await placed(id, step)()
    const note = await readNote(place)
    // A model outlives the checkpoint that it was made of.
    if (note === null && !(await checkpointSteps(place.saves)).includes(step))
      throw new AppError('NOT_FOUND', { what: 'checkpoint', id: `global_step_${step}` })
    const bytes = note?.merged.bytes ?? (await weightBytes(place.checkpoint))
    return { place, note, bytes }
  }

  async function merge({ id, step }: { id: string; step: number }): Promise<Started> {
    const { note, bytes } = await present(id, step)
    const asked: JobAsk = { kind: 'merge', run: id, step }
    const running = jobs.running(claimOf(id, step))
    if (running !== null && jobs.asked(running)?.kind === 'merge') return { job: running, joined: true }
    const job = jobs.interrupted(asked) ?? `merge-${stampedId()}`
    jobs.start({
      id: job,
      asked,
      claims: [claimOf(id, step)],
      steps: () => steps(id, step),
      reserve: () => ledger.reserve(layout.root, note === null ? bytes : 0),
    })
    return { job, joined: false }
  }

  /** Resolves when the model is there; the error of its job, if it failed. */
  async function merged(id: string, step: number, signal: AbortSignal): Promise<void> {
    if ((await present(id, step)).note !== null) return
    const { job } = await merge({ id, step })
    for await (const _event of projection.watch(signal)) {
      const view = projection.read().jobs[job]
      if (view === undefined || view.status === 'running') continue
      if (view.status === 'done') return
      throw new AppError(view.error?.code ?? 'CANCELLED', view.error?.params ?? {})
    }
    signal.throwIfAborted()
    throw new AppError('CANCELLED')
  }

  async function newest(id: string): Promise<number> {
    const view = runs.view(id)
    if (view === null) throw new AppError('NOT_FOUND', { what: 'run', id })
    const step = view.checkpoint ?? (await checkpointSteps(runs.saves(id))).at(-1)
    if (step === undefined) throw new AppError('NOT_FOUND', { what: 'checkpoint', id })
    return step
  }

  return {
    merge,
    async export({ id, step, folder: named }) {
      const folder = resolve(named)
      const { note, bytes } = await present(id, step)
      const asked: JobAsk = { kind: 'export', run: id, step, folder }
      const claim = `folder${folder}`
      const running = jobs.running(claim)
      // Another model into the same folder is no joining: `start` says BUSY.
      if (running !== null && digestOf(jobs.asked(running)) === digestOf(asked)) return { job: running, joined: true }
      if (running === null) await checkTarget(folder)
      const job = jobs.interrupted(asked) ?? `export-${stampedId()}`
      jobs.start({
        id: job,
        asked,
        claims: [claim, claimOf(id, step)],
        steps: () => [...steps(id, step), copyStep(placed(id, step), folder, claim)],
        reserve: async () => {
          const here = note === null ? await ledger.reserve(layout.root, bytes) : null
          const there = await ledger.reserve(await existingAbove(folder), bytes).catch((thrown: unknown) => {
            here?.release()
            throw thrown
          })
          return both(here, there)
        },
      })
      return { job, joined: false }
    },
    ask: (request, signal) =>
      follow(async (context) => {
        const step = request.step ?? (await newest(request.id))
        await merged(request.id, step, context.signal)
        const place = await placed(request.id, step)()
        return askModels({ resources, scratch: layout.cache, cardIsTaken }, place, request, context)
      }, signal),
  }
}

/** What lands, lands where it was promised first. */
function both(first: Reservation | null, second: Reservation): Reservation {
  return {
    landed: (bytes) => second.landed(bytes),
    release: () => {
      first?.release()
      second.release()
    },
  }
}
