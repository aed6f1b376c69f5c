import { join } from 'node:path'
import { pino, type Logger } from 'pino'
import { PlanRequest, type CoreInfo, type Finding } from '#contract'
import { openEnvironments } from './env/inventory'
import { AppError } from './errors'
import { openBook } from './env/book'
import { loadRecipes } from './env/recipe'
import { withVariables } from './env/variables'
import { KeptReport, measureMachine } from './hardware/measure'
import { createGpuWatch } from './hardware/watch'
import { openDatasets } from './dataset/datasets'
import { createTakeHome } from './checkpoint/take-home'
import { createClusters } from './cluster/clusters'
import { createDiagnoses } from './diagnose/diagnoses'
import { loadKnowledge as loadSignatures } from './diagnose/signatures'
import { followVerdicts } from './diagnose/verdicts'
import { createTreatment } from './diagnose/treatment'
import { openHub } from './hub/hub'
import { repoKey } from './hub/library'
import { openSecretFile, type SecretStore } from './hub/secret-file'
import { openJobs } from './jobs/jobs'
import { openJournal } from './jobs/journal'
import { loadPresets } from './net/presets'
import { createNotices } from './notice/notices'
import { createNetworkProfile } from './net/profile'
import { openPlanner, type Planner } from './plan/planner'
import { createPreflight } from './preflight/preflight'
import { bytecodeCache, childEnvironment } from './proc/environment'
import { createRouter, type Router } from './router'
import { createLedger } from './space/ledger'
import { createSpace } from './space/space'
import { readJson, writeJson } from './state/atomic-file'
import { createProjection } from './state/projection'
import { prepareRoot } from './state/root'
import { openSettings } from './state/settings'
import { createTerminals } from './terminal/terminals'
import { openRuns } from './train/runs'
import { createTensorBoards } from './train/tensorboard'
import { createTraining } from './train/training'

export interface CoreOptions {
  root: string
  rootChangeable: boolean
  /** The `resources` folder as shipped. */
  resources: string
  version: string
  onRootChosen: () => void
  /** Where the host keeps secrets; null: it has no place for them. */
  secrets?: SecretStore | null
}

export interface Core {
  router: Router
  log: Logger
  /** Interrupts jobs (they continue at the next start), leaves runs alone, and lets go of the root. */
  dispose(): Promise<void>
}

/** Opens a data root and everything that works on it. The caller holds the root's lock. */
export async function createCore(options: CoreOptions): Promise<Core> {
  const recipes = await loadRecipes(options.resources)
  const recipe = recipes.get('practice-cpu')
  if (recipe === undefined) throw new AppError('INTERNAL', { detail: 'the recipe of the practice is gone' })
  const layout = await prepareRoot(options.root)
  const log = pino({ base: null }, pino.destination({ dest: join(layout.logs, 'core.log'), sync: false }))
  const findings: Finding[] = []
  const settings = await openSettings(layout.settings, (finding) => findings.push(finding))
  const machineFile = await readJson(layout.machine, KeptReport)
  const planFile = await readJson(layout.plan, PlanRequest.nullable())
  const info: CoreInfo = {
    version: options.version,
    root: options.root,
    rootChangeable: options.rootChangeable,
    platform: process.platform,
    findings,
  }
  const projection = createProjection({
    info,
    settings: settings.read(),
    machine: machineFile.state === 'ok' && machineFile.value.version === 2 ? machineFile.value : null,
    plan: planFile.state === 'ok' ? planFile.value : null,
    environments: {},
    downloads: {},
    library: {},
    datasets: {},
    jobs: {},
    runs: {},
    notices: {},
  })
  const mirrors = await loadPresets(options.resources)
  const network = createNetworkProfile(() => settings.read().network, { cache: layout.cache, mirrors })
  const [book, ledger] = [await openBook(layout.book), createLedger()]
  const machine = () => {
    const report = projection.read().machine
    if (report === null) throw new AppError('INTERNAL', { detail: 'the machine was not measured' })
    return report
  }
  const making = { layout, resources: options.resources, network, ledger, book, machine }
  const environments = await openEnvironments({ ...making, projection, recipes })
  const space = createSpace({
    layout,
    ledger,
    environments: () => projection.read().environments,
    removeEnvironment: environments.remove,
  })
  const runs = await openRuns({ folder: layout.runs, resources: options.resources, projection })
  const journal = await openJournal(join(layout.jobs, 'journal.jsonl'))
  const jobs = await openJobs({ folder: layout.jobs, journal, projection, onSettled: environments.refresh })
  const measure = async () => {
    const { oldestDriver } = await planner()
    const dispatcher = network.dispatcher()
    const value = await measureMachine(options.root, options.resources, { dispatcher, oldestDriver })
    projection.apply({ topic: 'machine', value })
    await writeJson(layout.machine, value)
    return value
  }
  let opened: Promise<Planner> | null = null
  const planner = () =>
    (opened ??= openPlanner(options.resources, async () => projection.read().machine ?? (await measure()), {
      folderOf: (id) => Promise.resolve(hub.library.wholeFolder(repoKey('model', id))),
      find: (id) => hub.explore.facts(id),
      countTokens: (data, folder) => datasets.countTokens(data, folder),
    }))
  const secrets = options.secrets ?? openSecretFile(layout.secrets)
  const hub = await openHub({
    ...making,
    projection,
    settings,
    mirrors,
    jobs,
    runs,
    planner,
    secrets,
  })
  const datasets = await openDatasets({
    ...making,
    projection,
    jobs,
    runs,
    onFault: (detail) => log.error({ detail }, 'dataset worker'),
  })
  const keepPlan = async (value: PlanRequest | null) => {
    projection.apply({ topic: 'plan', value })
    await writeJson(layout.plan, value)
    await Promise.all([hub.library.refresh(), datasets.prepared.refresh()])
  }
  const gpuWatch = createGpuWatch()
  const variables = async ({ id }: { id: string }) => {
    const own = await environments.variables(id, new AbortController().signal)
    return { ...withVariables(childEnvironment(network.environment()), own), ...bytecodeCache(layout) }
  }
  const terminals = createTerminals({
    root: options.root,
    resources: options.resources,
    environment: (id) => projection.read().environments[id],
    variables,
  })
  const resolving = { planner, environments: () => projection.read().environments }
  const clusters = createClusters({ secrets, dispatcher: network.dispatcher })
  const preflight = createPreflight({
    ...{ ...resolving, clusters, resources: options.resources, runs: layout.runs, variables },
  })
  const takeHome = createTakeHome({ ...making, runs, jobs, projection, environments: resolving.environments })
  const tensorBoards = createTensorBoards({ ...resolving, runs, variables, resources: options.resources })
  const notices = await createNotices({
    ...{ projection, secrets, file: layout.notices, resources: options.resources, settings: settings.read },
    dispatcher: network.dispatcher,
    onFault: (detail) => log.warn({ detail }, 'webhook'),
  })
  const training = createTraining({ ...resolving, runs, clusters, variables, onFault: (thrown) => log.error(thrown) })
  let known: ReturnType<typeof loadSignatures> | null = null
  const knowledge = () => (known ??= loadSignatures(options.resources))
  const { version } = options
  const diagnoses = createDiagnoses({ runs, knowledge, version, machine: () => projection.read().machine })
  const verdicts = followVerdicts({ projection, runs, diagnoses, onFault: (thrown) => log.error(thrown) })
  const treatment = createTreatment({ runs, training, planner, knowledge, diagnose: diagnoses.ofRun })
  const router = createRouter({
    ...making,
    projection,
    settings,
    jobs,
    runs,
    environments,
    recipes,
    space,
    hub,
    datasets,
    worker: datasets.worker,
    mirrors,
    terminals,
    recipe,
    measure,
    planner,
    keepPlan,
    training,
    preflight,
    takeHome,
    tensorBoards,
    notices,
    clusters,
    diagnoses,
    treatment,
    watchGpus: gpuWatch.watch,
    log,
    onRootChosen: options.onRootChosen,
  })
  log.info({ root: options.root, version: options.version, findings }, 'opened')

  return {
    router,
    log,
    async dispose() {
      await Promise.all([jobs.dispose(), terminals.dispose(), tensorBoards.dispose()])
      notices.dispose()
      verdicts.dispose()
      training.dispose()
      await datasets.dispose()
      hub.dispose()
      runs.dispose()
      gpuWatch.dispose()
      await network.dispose()
      projection.dispose()
      log.info('closed')
      await new Promise<void>((resolve) => log.flush(() => resolve()))
    },
  }
}
