import { access } from 'node:fs/promises'
import { constants } from 'node:fs'
import { delimiter, isAbsolute, join, resolve } from 'node:path'
import * as z from 'zod'
import {
  Finding,
  PreflightReport,
  type ClusterRef,
  type EnvironmentView,
  type PreflightRequest,
  preflightAreas,
  type PreflightArea,
  type PreflightFinding,
  type Watched,
} from '#contract'
import { follow } from '../dataset/follow'
import type { WorkContext } from '../dataset/types'
import { AppError } from '../errors'
import { runScript } from '../proc/script'
import { resolveRun, type Resolved, type ResolveDeps } from '../train/resolve'
import { runFiles } from '../train/spec'
import { clusterArgv } from '../cluster/cluster-argv'
import type { Clusters } from '../cluster/clusters'
import { clusterFindings, elsewhere, notThere } from './cluster'
import { verlOverrides } from './command'
import { remedyOf } from './remedy'

export interface PreflightDeps extends ResolveDeps {
  clusters: Pick<Clusters, 'look'>
  resources: string
  /** Where runs get their folders: what would be written is measured there. */
  runs: string
  /** What a program of this environment is run with. */
  variables: (environment: EnvironmentView) => Promise<Record<string, string>>
}

/** Asks the verl of the environment whether the request would run. Ends with the report. */
export type Preflight = (request: PreflightRequest, signal: AbortSignal) => AsyncIterable<Watched<PreflightReport>>

type Answer = Omit<PreflightReport, 'passed' | 'seconds' | 'environment'>

/** RUN_NEEDS_*, PLAN_NOT_RUNNABLE, CLUSTER_NEEDS_VERL, and SCRIPT_FAILED when the check itself broke. */
export function createPreflight(deps: PreflightDeps): Preflight {
  return (request, signal) => follow((context) => check(deps, request, context), signal)
}

async function check(deps: PreflightDeps, request: PreflightRequest, context: WorkContext): Promise<PreflightReport> {
  const since = Date.now()
  const local = await resolveRun(deps, request)
  const { cluster } = request
  if (cluster !== null && local.trainer === 'trl') throw new AppError('CLUSTER_NEEDS_VERL')
  const there = cluster === null ? null : await askCluster(deps, local, cluster)
  const resolved = there?.resolved ?? local
  const overrides = overridesOf(resolved)
  const found = await (resolved.trainer === 'trl'
    ? checkPractice(deps, resolved, context)
    : overrides === null
      ? checkProgram(resolved, request)
      : checkVerl(deps, resolved, overrides, request, context))
  const answer = there === null ? found : withFindings(found, there.findings)
  return {
    ...answer,
    passed: answer.findings.every(({ severity }) => severity !== 'error'),
    seconds: (Date.now() - since) / 1000,
    environment: resolved.environment.id,
  }
}

/** What its dashboard says, and the command as it would run there. One that is not there leaves the rest to be checked. */
async function askCluster({ clusters }: PreflightDeps, local: Resolved, cluster: ClusterRef) {
  try {
    const view = await clusters.look(cluster.address)
    const argv = (folder: string) =>
      local.trainer === 'command' ? local.argv(folder) : clusterArgv(local.argv(folder), view)
    return { resolved: { ...local, argv }, findings: await clusterFindings(view, cluster, local.argv('')) }
  } catch (thrown) {
    return { resolved: local, findings: [notThere(thrown, cluster)] }
  }
}

/** An area that something was found wrong in did fail, also where nothing else could be looked at. */
function withFindings({ verl, areas, findings }: Answer, more: PreflightFinding[]): Answer {
  const failed = new Set(more.filter(({ severity }) => severity === 'error').map(({ area }) => area))
  return {
    verl,
    areas: areas.map((one) => (failed.has(one.area) ? { ...one, state: 'failed', params: {} } : one)),
    findings: [...findings, ...more],
  }
}

/** A folder that the run would get: it is not made. */
const folderOf = (deps: PreflightDeps) => join(deps.runs, 'preflight')

/** Words after verl.trainer.main_ppo of a plan or of a command; null: another program. */
function overridesOf({ trainer, argv }: Resolved): ((folder: string) => string[]) | null {
  if (trainer === 'trl') return null
  return verlOverrides(argv('')) === null ? null : (folder) => verlOverrides(argv(folder)) ?? []
}

const VerlAnswer = z.object({
  verl: z.string().nullable(),
  areas: PreflightReport.shape.areas,
  findings: z.array(
    Finding.extend({ area: PreflightReport.shape.areas.element.shape.area, keys: z.array(z.string()) }),
  ),
})

async function checkVerl(
  deps: PreflightDeps,
  { environment, plan, env }: Resolved,
  overrides: (folder: string) => string[],
  request: PreflightRequest,
  { signal, progress }: WorkContext,
): Promise<Answer> {
  const folder = folderOf(deps)
  // A run has copies of our scripts and patches; before it there are only those of the app.
  const variables = Object.fromEntries(
    Object.entries(env(folder)).map(([key, value]) => [
      key,
      value.replaceAll(join(folder, runFiles.code), deps.resources),
    ]),
  )
  const asked = {
    overrides: overrides(folder),
    env: variables,
    folder,
    needs: plan === null ? null : { gpuBytes: plan.memory?.gpu.peakBytes ?? null, checkpointBytes: null },
    gpu: request.gpu !== false && request.cluster === null,
    elsewhere: request.cluster === null ? [] : elsewhere,
  }
  const { verl, areas, findings } = await runScript({
    name: 'preflight_verl.py',
    result: VerlAnswer,
    argv: [environment.program, join(deps.resources, 'python', 'preflight_verl.py'), JSON.stringify(asked)],
    // Paths of a command are meant from where it would run.
    cwd: request.work.kind === 'command' ? (request.work.cwd ?? deps.resources) : deps.resources,
    environment: { ...(await deps.variables(environment)), ...variables },
    signal,
    onProgress: ({ done, total }) => progress(done, total, 'items'),
  })
  return {
    verl,
    areas,
    findings: findings.map((finding) => ({ ...finding, remedy: remedyOf(finding) })),
  }
}

/** The checks of the practice (preflight.py) by the areas of this report; their sentences are there already. */
const practiceAreas: Record<string, PreflightArea> = {
  TEMPLATE_PRESENT: 'config',
  TOKENIZER_FAILED: 'config',
  REWARD_RUNS: 'reward',
  GOLD_SCORES_ONE: 'reward',
  WRONG_SCORES_ZERO: 'reward',
  DATA_SOURCE_KNOWN: 'reward',
}

async function checkPractice(deps: PreflightDeps, { argv, environment }: Resolved, context: WorkContext) {
  const words = argv(folderOf(deps))
  const value = (name: string) => words[words.indexOf(`--${name}`) + 1] ?? ''
  const options = ['model', 'train', 'val', 'max-prompt-length', 'max-response-length']
  const findings: Finding[] = []
  await runScript({
    name: 'preflight.py',
    result: z.unknown(),
    argv: [
      environment.program,
      join(deps.resources, 'python', 'preflight.py'),
      ...options.flatMap((name) => [`--${name}`, value(name)]),
    ],
    cwd: deps.resources,
    environment: await deps.variables(environment),
    signal: context.signal,
    onProgress: () => context.progress(preflightAreas.indexOf('data'), preflightAreas.length, 'items'),
    onFinding: (finding) => findings.push(finding),
  }).catch((thrown: unknown) => {
    // It ends with 1 when it found an error, which the findings say.
    if (!findings.some(({ severity }) => severity === 'error')) throw thrown
  })
  return reportOf(
    findings.map((finding) => ({
      ...finding,
      area: practiceAreas[finding.code] ?? 'data',
      keys: [],
      remedy: { change: 'data' as const, key: null, value: null },
    })),
    ['config', 'data', 'reward'],
  )
}

/** A program of somebody's own: that it is there is all that can be known. */
async function checkProgram({ argv }: Resolved, { work, cluster }: PreflightRequest): Promise<Answer> {
  if (cluster !== null) return reportOf([], [], 'on-cluster')
  const program = argv('')[0] ?? ''
  const found = await findProgram(program, work.kind === 'command' ? (work.cwd ?? '/') : '/')
  const missing: PreflightFinding = {
    ...{ code: 'PREFLIGHT_PROGRAM_MISSING', severity: 'error', params: { program }, area: 'environment' },
    ...{ keys: [], remedy: null },
  }
  return reportOf(found ? [] : [missing], ['environment'])
}

/** As execvp looks for it: a name in the folders of PATH, anything with a slash where it says. */
async function findProgram(program: string, cwd: string): Promise<boolean> {
  const places =
    isAbsolute(program) || program.includes('/')
      ? [resolve(cwd, program)]
      : (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, program))
  const found = await Promise.all(
    places.map((file) =>
      access(file, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  )
  return found.includes(true)
}

function reportOf(findings: PreflightFinding[], looked: PreflightArea[], reason = 'not-verl'): Answer {
  const failed = (area: PreflightArea) => findings.some((one) => one.area === area && one.severity === 'error')
  return {
    verl: null,
    areas: preflightAreas.map((area) => ({
      area,
      state: failed(area) ? 'failed' : looked.includes(area) ? 'passed' : 'skipped',
      params: looked.includes(area) ? {} : { reason },
    })),
    findings,
  }
}
