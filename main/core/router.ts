import { implement, ORPCError } from '@orpc/server'
import {
  contract,
  type AppErrorData,
  type DoorRights,
  type JobAsk,
  type PlanRequest,
  type PracticeInput,
} from '#contract'
import type { Logger } from 'pino'
import { checkPaths, isCommand } from './door/paths'
import { AppError, toAppError } from './errors'
import { recipeViews, type Environments } from './env/inventory'
import { claimOf, makeEnvironment, reserveFor, type Started } from './env/maker'
import { environmentId, type Recipe } from './env/recipe'
import type { Datasets } from './dataset/datasets'
import { exportRecipe, importRecipe } from './dataset/recipe/recipe-file'
import type { GpuWatch } from './hardware/watch'
import type { TakeHome } from './checkpoint/take-home'
import type { Clusters } from './cluster/clusters'
import type { Diagnoses } from './diagnose/diagnoses'
import type { Treatment } from './diagnose/treatment'
import type { Hub } from './hub/hub'
import type { Jobs } from './jobs/jobs'
import { checkNetwork } from './net/check'
import { presetViews, type Mirrors } from './net/presets'
import { rankPresets } from './net/rank'
import type { Notices } from './notice/notices'
import type { PracticeDeps } from './practice/place'
import { importPlan } from './plan/export'
import type { Planner } from './plan/planner'
import type { Preflight } from './preflight/preflight'
import { practiceSteps } from './practice/steps'
import type { Space } from './space/space'
import { stampedId } from './state/id'
import { checkRoot, rememberRoot } from './state/root'
import type { Terminals } from './terminal/terminals'
import type { ProjectionStore } from './state/projection'
import type { SettingsStore } from './state/settings'
import { collectSupport } from './report/collect'
import { readAllMetrics } from './train/attempts'
import { readText } from './train/read-log'
import { readSamples } from './train/samples'
import type { TensorBoards } from './train/tensorboard'
import type { Training } from './train/training'

export interface RouterDeps extends PracticeDeps {
  projection: ProjectionStore
  settings: SettingsStore
  mirrors: Mirrors
  jobs: Jobs
  environments: Environments
  recipes: Map<string, Recipe>
  space: Space
  hub: Hub
  datasets: Datasets
  terminals: Terminals
  watchGpus: GpuWatch['watch']
  /** Read from the resources when it is first asked for. */
  planner: () => Promise<Planner>
  keepPlan: (request: PlanRequest | null) => Promise<void>
  training: Training
  preflight: Preflight
  takeHome: TakeHome
  tensorBoards: TensorBoards
  notices: Notices
  clusters: Clusters
  diagnoses: Diagnoses
  treatment: Treatment
  log: Logger
  /** Called after another root was chosen and the answer is on its way: the core should close. */
  onRootChosen: () => void
}

/** The contract's procedures, each a thin call into a room. Every throw leaves as the contract's one error. */
export function createRouter(deps: RouterDeps) {
  // Each line carries what its door lets it do.
  const os = implement(contract).$context<DoorRights>()
  function failure(thrown: unknown): Error {
    if (thrown instanceof ORPCError) return thrown
    const error = toAppError(thrown)
    if (error.data.code === 'INTERNAL') deps.log.error(thrown)
    return new ORPCError<'APP', AppErrorData>('APP', { data: error.data, message: error.message })
  }
  /** What a handler gives bit by bit can fail long after the handler has answered. */
  async function* told<News>(news: AsyncIterable<News>): AsyncGenerator<News, void> {
    try {
      yield* news
    } catch (thrown) {
      throw failure(thrown)
    }
  }
  // Every procedure passes here, so this is the one place where a browser's paths and commands are looked at.
  const guarded = os.use(async ({ context, next }, input: unknown) => {
    try {
      if (!context.terminals && isCommand(input)) throw new AppError('COMMAND_NOT_ALLOWED')
      if (context.folders !== undefined) await checkPaths(input, context.folders)
      return await next()
    } catch (thrown) {
      throw failure(thrown)
    }
  })
  const { projection, settings, jobs, runs, environments, terminals, hub, datasets } = deps
  const { training, preflight, takeHome, tensorBoards, notices, clusters, diagnoses, treatment } = deps
  const requests = new Map<string, Promise<Started>>()
  /** The same request twice (a double click) is one start. */
  function once(requestId: string, start: () => Started | Promise<Started>): Promise<Started> {
    const known = requests.get(requestId)
    if (known !== undefined) return known
    const started = Promise.resolve().then(start)
    requests.set(requestId, started)
    started.catch(() => requests.delete(requestId))
    return started
  }
  const shells = guarded.terminals.use(({ context, next }) => {
    if (!context.terminals) throw new AppError('SHELL_NOT_ALLOWED')
    return next()
  })

  function startPractice({ steps, data }: PracticeInput): Started {
    const asked: JobAsk = { kind: 'practice', steps, data }
    const running = jobs.running('practice')
    if (running !== null) return { job: running, joined: true }
    const id = jobs.interrupted(asked) ?? `practice-${stampedId()}`
    jobs.start({
      id,
      asked,
      claims: ['practice', claimOf(environmentId(deps.recipe))],
      steps: (job) => practiceSteps(deps, job, asked),
      reserve: () => reserveFor(deps, deps.recipe),
    })
    return { job: id, joined: false }
  }

  /** The environment room works with what was measured; the first time it is measured now. */
  async function startEnvironment(recipe: Recipe | undefined, id: string, deep: boolean): Promise<Started> {
    if (recipe === undefined) throw new AppError('NOT_FOUND', { what: 'recipe', id })
    if (projection.read().machine === null) await deps.measure()
    return makeEnvironment(deps, recipe, { deep })
  }

  /** Nothing may be deleted from under a job. */
  function refuseWhile(claim?: string): void {
    const busy = jobs.running(claim)
    if (busy !== null) throw new AppError('BUSY', { what: busy })
  }

  return guarded.router({
    snapshot: guarded.snapshot.handler(() => projection.read()),
    watch: guarded.watch.handler(({ signal }) => projection.watch(signal)),
    door: guarded.door.handler(({ context }) => context),
    settings: {
      update: guarded.settings.update.handler(async ({ input }) => {
        if (input.network !== undefined) checkNetwork(input.network)
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
        refuseWhile()
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
    network: {
      presets: guarded.network.presets.handler(() => presetViews(deps.mirrors)),
      probe: guarded.network.probe.handler(() => rankPresets(deps.mirrors, deps.network.dispatcher())),
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
      start: guarded.practice.start.handler(({ input }) => once(input.requestId, () => startPractice(input))),
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
      preflight: guarded.runs.preflight.handler(({ input, signal }) => told(preflight(input, orNever(signal)))),
      start: guarded.runs.start.handler(({ input }) => training.start(input)),
      goOn: guarded.runs.goOn.handler(({ input }) => training.goOn(input.id)),
      resume: guarded.runs.resume.handler(({ input }) => training.resume(input)),
      first: guarded.runs.first.handler(({ input }) => training.first(input.id)),
      rename: guarded.runs.rename.handler(({ input }) => training.rename(input.id, input.name)),
      seen: guarded.runs.seen.handler(({ input }) => training.seen(input.id)),
      details: guarded.runs.details.handler(({ input }) => training.details(input.id)),
      samples: guarded.runs.samples.handler(({ input }) => readSamples(runs.saves(input.id), input)),
      checkpoints: guarded.runs.checkpoints.handler(({ input }) => training.checkpoints(input.id)),
      pin: guarded.runs.pin.handler(({ input }) => training.pin(input.id, input.step, input.pinned)),
      removeCheckpoint: guarded.runs.removeCheckpoint.handler(({ input }) =>
        training.removeCheckpoint(input.id, input.step),
      ),
      merge: guarded.runs.merge.handler(({ input: { requestId, ...asked } }) =>
        once(requestId, () => takeHome.merge(asked)),
      ),
      export: guarded.runs.export.handler(({ input: { requestId, ...asked } }) =>
        once(requestId, () => takeHome.export(asked)),
      ),
      ask: guarded.runs.ask.handler(({ input, signal }) => told(takeHome.ask(input, orNever(signal)))),
      tensorboard: guarded.runs.tensorboard.handler(({ input }) => tensorBoards.open(input.id)),
      stop: guarded.runs.stop.handler(({ input }) => runs.stop(input.id, input.mode)),
      remove: guarded.runs.remove.handler(({ input }) => runs.remove(input.id)),
      readLog: guarded.runs.readLog.handler(({ input }) => {
        runs.near(input.id)
        return readText(runs.file(input.id, 'log'), input.from, input.max)
      }),
      readMetrics: guarded.runs.readMetrics.handler(({ input }) => {
        runs.near(input.id)
        return readAllMetrics(runs.folder(input.id), input.from)
      }),
    },
    cluster: {
      look: guarded.cluster.look.handler(({ input }) => clusters.look(input)),
      setToken: guarded.cluster.setToken.handler(({ input }) => clusters.setToken(input.address, input.token)),
    },
    diagnosis: {
      of: guarded.diagnosis.of.handler(({ input }) => diagnoses.of(input)),
      report: guarded.diagnosis.report.handler(async ({ input }) => ({ text: await diagnoses.report(input) })),
      remedies: guarded.diagnosis.remedies.handler(({ input }) => treatment.offered(input.id)),
      apply: guarded.diagnosis.apply.handler(({ input }) => treatment.apply(input)),
      manual: guarded.diagnosis.manual.handler(() => diagnoses.manual()),
    },
    support: {
      report: guarded.support.report.handler(async ({ signal }) => {
        const ofRun = (id: string) => diagnoses.report({ kind: 'run', id })
        const native = () => datasets.ask('native', null, signal ?? new AbortController().signal)
        return { text: await collectSupport(deps.layout, projection.read(), { ofRun, native }) }
      }),
    },
    notices: {
      webhook: guarded.notices.webhook.handler(() => notices.webhook()),
      setWebhook: guarded.notices.setWebhook.handler(({ input }) => notices.setWebhook(input.address)),
      tryWebhook: guarded.notices.tryWebhook.handler(() => notices.tryWebhook()),
    },
    environments: {
      recipes: guarded.environments.recipes.handler(async () =>
        recipeViews(deps.recipes, await (await deps.planner()).recipes(), projection.read().environments),
      ),
      make: guarded.environments.make.handler(({ input: { requestId, recipe } }) =>
        once(requestId, () => startEnvironment(deps.recipes.get(recipe), recipe, false)),
      ),
      repair: guarded.environments.repair.handler(({ input: { requestId, id } }) =>
        once(requestId, async () => startEnvironment(await environments.recipeOf(id), id, true)),
      ),
      check: guarded.environments.check.handler(({ input: { id }, signal }) => {
        refuseWhile(claimOf(id))
        return environments.check(id, signal ?? new AbortController().signal)
      }),
      adopt: guarded.environments.adopt.handler(({ input: { path }, signal }) =>
        environments.adopt(path, signal ?? new AbortController().signal),
      ),
      choose: guarded.environments.choose.handler(({ input: { id } }) => environments.choose(id)),
      export: guarded.environments.export.handler(({ input: { id, format } }) => environments.export(id, format)),
      remove: guarded.environments.remove.handler(({ input: { id } }) => {
        refuseWhile(claimOf(id))
        return environments.remove(id)
      }),
    },
    hub: {
      probe: guarded.hub.probe.handler(({ input, signal }) => hub.explore.probe(input.source, signal)),
      search: guarded.hub.search.handler(({ input, signal }) => hub.explore.search(input, signal)),
      info: guarded.hub.info.handler(({ input, signal }) => hub.explore.info(input, signal)),
      preview: guarded.hub.preview.handler(({ input, signal }) => hub.explore.preview(input, signal)),
      get: guarded.hub.get.handler(({ input: { requestId, ...asked } }) =>
        once(requestId, () => hub.downloads.get(asked)),
      ),
      pause: guarded.hub.pause.handler(({ input }) => hub.downloads.pause(input.id)),
      resume: guarded.hub.resume.handler(({ input: { requestId, id } }) =>
        once(requestId, () => hub.downloads.resume(id)),
      ),
      first: guarded.hub.first.handler(({ input }) => hub.downloads.first(input.id)),
      dismiss: guarded.hub.dismiss.handler(({ input }) => hub.downloads.dismiss(input.id, input.bytes)),
      files: guarded.hub.files.handler(({ input }) => hub.downloads.files(input.id)),
      tokens: guarded.hub.tokens.handler(() => hub.tokens.view()),
      setToken: guarded.hub.setToken.handler(async ({ input: { service, token } }) => {
        await hub.tokens.set(service, token)
        return hub.tokens.view()
      }),
    },
    library: {
      verify: guarded.library.verify.handler(({ input: { requestId, key } }) =>
        once(requestId, () => hub.work.verify(key)),
      ),
      repair: guarded.library.repair.handler(({ input: { requestId, key } }) =>
        once(requestId, () => hub.work.repair(key)),
      ),
      remove: guarded.library.remove.handler(({ input: { key } }) => hub.work.remove(key)),
      say: guarded.library.say.handler(({ input: { requestId, ...asked } }) =>
        once(requestId, () => hub.work.say(asked)),
      ),
    },
    dataset: {
      open: guarded.dataset.open.handler(({ input, signal }) => datasets.ask('open', input, orNever(signal))),
      prepare: guarded.dataset.prepare.handler(({ input, signal }) =>
        told(datasets.watch('prepare', input, orNever(signal))),
      ),
      rows: guarded.dataset.rows.handler(({ input, signal }) => datasets.ask('rows', input, orNever(signal))),
      row: guarded.dataset.row.handler(({ input, signal }) => datasets.ask('row', input, orNever(signal))),
      profile: guarded.dataset.profile.handler(({ input, signal }) =>
        told(datasets.watch('profile', input, orNever(signal))),
      ),
      compare: guarded.dataset.compare.handler(({ input, signal }) =>
        told(datasets.watch('compare', input, orNever(signal))),
      ),
      suggest: guarded.dataset.suggest.handler(({ input, signal }) => datasets.ask('suggest', input, orNever(signal))),
      map: guarded.dataset.map.handler(({ input, signal }) => datasets.ask('map', input, orNever(signal))),
      tokens: guarded.dataset.tokens.handler(({ input, signal }) =>
        told(datasets.watch('tokens', input, orNever(signal))),
      ),
      prompt: guarded.dataset.prompt.handler(({ input, signal }) => datasets.ask('prompt', input, orNever(signal))),
      lint: guarded.dataset.lint.handler(({ input, signal }) => told(datasets.watch('lint', input, orNever(signal)))),
      rewards: guarded.dataset.rewards.handler(({ signal }) => datasets.ask('rewards', null, orNever(signal))),
      reward: guarded.dataset.reward.handler(({ input, signal }) => told(datasets.reward(input, orNever(signal)))),
      convert: guarded.dataset.convert.handler(({ input }) => once(input.requestId, () => datasets.convert(input))),
      remove: guarded.dataset.remove.handler(({ input }) => datasets.prepared.remove(input.key)),
      exportRecipe: guarded.dataset.exportRecipe.handler(({ input }) => exportRecipe(input)),
      importRecipe: guarded.dataset.importRecipe.handler(({ input }) => importRecipe(input.text)),
    },
    space: {
      look: guarded.space.look.handler(() => deps.space.look()),
      clean: guarded.space.clean.handler(async ({ input }) => {
        refuseWhile()
        const result = await deps.space.clean(input.ids)
        await deps.environments.refresh()
        return result
      }),
    },
    terminals: {
      list: shells.list.handler(() => terminals.list()),
      open: shells.open.handler(({ input }) => terminals.open(input)),
      watch: shells.watch.handler(({ input, signal }) => terminals.watch(input.id, signal)),
      write: shells.write.handler(({ input }) => terminals.write(input.id, input.text)),
      ack: shells.ack.handler(({ input }) => terminals.ack(input.id, input.bytes)),
      resize: shells.resize.handler(({ input }) => terminals.resize(input.id, input)),
      close: shells.close.handler(({ input }) => terminals.close(input.id)),
    },
  })
}
export type Router = ReturnType<typeof createRouter>

/** Some transports have no way to take a call back. */
const orNever = (signal: AbortSignal | undefined): AbortSignal => signal ?? new AbortController().signal
