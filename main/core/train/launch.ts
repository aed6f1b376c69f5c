import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { access, cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { AppError } from '../errors'
import { reasonOf } from '../net/trouble'
import { childEnvironment } from '../proc/environment'
import { clusterFolder } from '../cluster/cluster-argv'
import { writeJson } from '../state/atomic-file'
import { runFiles, RunSpec } from './spec'

/** What a run is made of; what is left out has the default of its spec. */
export interface Launch extends Partial<Omit<RunSpec, 'argv' | 'env' | 'resumeArgv'>> {
  runs: string
  resources: string
  /** Runs the supervisor; the environment's own, so that nothing of the app is needed later. */
  python: string
  name: string
  trainer: RunSpec['trainer']
  plannedSteps: number | null
  /** Given the run's folder, where the copied code, the metrics file and the output belong. */
  argv: (folder: string) => string[]
  resumeArgv?: (folder: string) => string[]
  env: (folder: string) => Record<string, string>
  options: RunSpec['options']
  digests: Record<string, string>
}

/** Makes the folder of a run with a copy of our scripts in it: an update of the app cannot touch them. */
export async function prepareRun(id: string, launch: Launch): Promise<RunSpec> {
  const { runs, resources, argv, resumeArgv, env, ...rest } = launch
  const folder = join(runs, id)
  const saves = clusterFolder(launch.request?.cluster ?? null, id)
  if (saves !== null)
    await mkdir(join(saves, runFiles.checkpoints), { recursive: true }).catch((thrown: unknown) => {
      throw new AppError('CLUSTER_SHARED', { path: saves, detail: reasonOf(thrown) }, thrown)
    })
  await mkdir(join(folder, runFiles.output), { recursive: true })
  await mkdir(join(folder, runFiles.checkpoints))
  const copy = (from: string, to: string) =>
    cp(join(resources, from), to, { recursive: true, filter: (source) => !source.includes('__pycache__') })
  await copy('python', join(folder, runFiles.code))
  await copy('patches', join(folder, runFiles.code, 'patches'))
  const spec = RunSpec.parse({
    version: 1,
    id,
    createdAt: Date.now(),
    token: randomBytes(16).toString('hex'),
    cwd: folder,
    unsetEnv: [],
    terminal: { columns: 120, rows: 40 },
    stop: { interruptSeconds: 20, terminateSeconds: 10 },
    ...rest,
    saves,
    argv: argv(folder),
    resumeArgv: resumeArgv?.(folder) ?? [],
    env: env(folder),
  })
  await writeJson(join(folder, runFiles.spec), spec)
  return spec
}

/**
 * Starts the supervisor, detached: closing, crashing or updating the app does not touch it. `environment`: what the
 * trainer inherits; secrets belong here, since the spec is a file.
 * Resolves when its state or exit file is there; RUN_NOT_STARTED if neither comes.
 */
export async function startSupervisor(
  folder: string,
  python: string,
  environment: Record<string, string> = childEnvironment({}),
): Promise<void> {
  const child = spawn(python, [join(folder, runFiles.code, 'run_supervisor.py'), folder], {
    cwd: folder,
    env: environment,
    detached: true,
    stdio: 'ignore',
  })
  let failed: Error | null = null
  child.on('error', (error) => (failed = error))
  child.unref()
  for (let waited = 0; waited < 10_000; waited += 25) {
    if (failed !== null) throw new AppError('RUN_NOT_STARTED', { detail: (failed as Error).message }, failed)
    if ((await exists(join(folder, runFiles.state))) || (await exists(join(folder, runFiles.exit)))) return
    await setTimeout(25)
  }
  throw new AppError('RUN_NOT_STARTED', { detail: 'the supervisor wrote no state file' })
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
