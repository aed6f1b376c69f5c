import { implement, ORPCError } from '@orpc/server'
import { contract, type AppErrorData, type DoorRights, type PlanRequest, type PracticeInput } from '#contract'
import type { Logger } from 'pino'
import { AppError, toAppError } from './errors'
import type { Environments } from './env/inventory'
import type { GpuWatch } from './hardware/watch'
import type { Jobs } from './jobs/jobs'
import type { PracticeDeps } from './practice/place'
import { importPlan } from './plan/export'
import type { Planner } from './plan/planner'
import { practiceSteps } from './practice/steps'
import { stampedId } from './state/id'
import { checkRoot, rememberRoot } from './state/root'
import type { Terminals } from './terminal/terminals'
import type { ProjectionStore } from './state/projection'
import type { SettingsStore } from './state/settings'
import { readMetrics, readText } from './train/read-log'

export interface RouterDeps extends Omit<PracticeDeps, 'machine'> {
  projection: ProjectionStore
  settings: SettingsStore
  jobs: Jobs
  environments: Environments
  terminals: Terminals
  watchGpus: GpuWatch['watch']
  /** Read from the resources when it is first asked for. */
  planner: () => Promise<Planner>
  keepPlan: (request: PlanRequest | null) => Promise<void>
  log: Logger
  /** Called after another root was chosen and the answer is on its way: the core should close. */
  onRootChosen: () => void
}

/** The contract's procedures, each a thin call into a room. Every throw leaves as the contract's one error. */
export function createRouter(deps: RouterDeps) {
  // Each line carries what its door lets it do.
  const os = implement(contract).$context<DoorRights>()
  const guarded = os.use(async ({ next }) => {
    try {
      return await next()
    } catch (thrown) {
      if (thrown instanceof ORPCError) throw thrown
      const error = toAppError(thrown)
      if (error.data.code === 'INTERNAL') deps.log.error(thrown)
      throw new ORPCError<'APP', AppErrorData>('APP', { data: error.data, message: error.message })
    }
  })
  const shells = guarded.terminals.use(({ context, next }) => {
    if (!context.terminals) throw new AppError('SHELL_NOT_ALLOWED')
    return next()
  })
  const { projection, settings, jobs, runs, terminals } = deps
  const requests = new Map<string, { job: string; joined: boolean }>()

  function startPractice(input: PracticeInput): { job: string; joined: boolean } {
    const running = jobs.running()
    if (running !== null) return { job: running, joined: true }
    const id = jobs.interrupted(input) ?? `practice-${stampedId()}`
    const machine = () => {
      const report = projection.read().machine
      if (report === null) throw new AppError('INTERNAL', { detail: 'the machine was not measured' })
      return report
    }
    jobs.start(id, input, (job) => practiceSteps({ ...deps, machine }, job))
    return { job: id, joined: false }
  }

  return guarded.router({
    snapshot: guarded.snapshot.handler(() => projection.read()),
    watch: guarded.watch.handler(({ signal }) => projection.watch(signal)),
    door: guarded.door.handler(({ context }) => ({ terminals: context.terminals })),
    settings: {
      update: guarded.settings.update.handler(async ({ input }) => {
        const value = await settings.update(input)
        projection.apply({ topic: 'settings', value })
        return value
      }),
    },
    root: {
      check: guarded.root.check.handler(({ input }) => checkRoot(input.path)),
      choose: guarded.root.choose.handler(async ({ input }) => {
        const { info } = projection.read()
        if (!info.rootChangeable) throw new AppError('ROOT_FIXED', { path: info.root })
        const busy = jobs.running()
        if (busy !== null) throw new AppError('BUSY', { what: busy })
        const check = await checkRoot(input.path)
        if (check.problem !== null) throw new AppError(check.problem.code, check.problem.params)
        await rememberRoot(check.path)
        deps.onRootChosen()
        return check
      }),
    },
    machine: {
      measure: guarded.machine.measure.handler(() => deps.measure()),
      watchGpus: guarded.machine.watchGpus.handler(({ signal }) => deps.watchGpus(signal)),
    },
    plan: {
      make: guarded.plan.make.handler(async ({ input }) => (await deps.planner()).make(input)),
      keep: guarded.plan.keep.handler(({ input }) => deps.keepPlan(input)),
      models: guarded.plan.models.handler(async () => (await deps.planner()).models()),
      export: guarded.plan.export.handler(async ({ input }) =>
        (await deps.planner()).export(input.request, input.format, input.language),
      ),
      import: guarded.plan.import.handler(({ input }) => importPlan(input.text)),
      readHardware: guarded.plan.readHardware.handler(async ({ input }) =>
        (await deps.planner()).readHardware(input.text),
      ),
    },
    practice: {
      start: guarded.practice.start.handler(({ input }) => {
        const known = requests.get(input.requestId)
        if (known !== undefined) return known
        const started = startPractice(input)
        requests.set(input.requestId, started)
        return started
      }),
    },
    jobs: {
      cancel: guarded.jobs.cancel.handler(({ input }) => jobs.cancel(input.id)),
      readLog: guarded.jobs.readLog.handler(({ input }) => {
        if (projection.read().jobs[input.id] === undefined)
          throw new AppError('NOT_FOUND', { what: 'job', id: input.id })
        return readText(jobs.logFile(input.id), input.from, input.max)
      }),
    },
    runs: {
      stop: guarded.runs.stop.handler(({ input }) => runs.stop(input.id, input.mode)),
      remove: guarded.runs.remove.handler(({ input }) => runs.remove(input.id)),
      readLog: guarded.runs.readLog.handler(({ input }) => readText(runs.file(input.id, 'log'), input.from, input.max)),
      readMetrics: guarded.runs.readMetrics.handler(({ input }) =>
        readMetrics(runs.file(input.id, 'metrics'), input.from),
      ),
    },
    environments: {
      remove: guarded.environments.remove.handler(async ({ input }) => {
        if (jobs.running() !== null) throw new AppError('BUSY', { what: jobs.running() ?? '' })
        await deps.environments.remove(input.id)
      }),
    },
    terminals: {
      list: shells.list.handler(() => terminals.list()),
      open: shells.open.handler(({ input }) => terminals.open(input)),
      watch: shells.watch.handler(({ input, signal }) => terminals.watch(input.id, signal)),
      write: shells.write.handler(({ input }) => terminals.write(input.id, input.data)),
      ack: shells.ack.handler(({ input }) => terminals.ack(input.id, input.bytes)),
      resize: shells.resize.handler(({ input }) => terminals.resize(input.id, input)),
      close: shells.close.handler(({ input }) => terminals.close(input.id)),
    },
  })
}
export type Router = ReturnType<typeof createRouter>
