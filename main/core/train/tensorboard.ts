import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { EnvironmentView } from '#contract'
import { AppError } from '../errors'
import type { Runs } from './runs'

/** TensorBoard on the metrics of runs; each ends with the core. */
export interface TensorBoards {
  /** The one of this run that is there already, or a new one. TENSORBOARD_MISSING. */
  open(id: string): Promise<{ address: string }>
  dispose(): Promise<void>
}

export interface TensorBoardDeps {
  runs: Runs
  resources: string
  environments: () => Record<string, EnvironmentView>
  variables: (environment: EnvironmentView) => Promise<Record<string, string>>
}

export function createTensorBoards(deps: TensorBoardDeps): TensorBoards {
  const open = new Map<string, { child: ChildProcess; address: Promise<string> }>()

  async function start(id: string): Promise<{ address: string }> {
    const { environment: name } = deps.runs.spec(id)
    const environment = deps.environments()[name ?? '']
    if (environment === undefined) throw new AppError('TENSORBOARD_MISSING', { environment: name ?? '-' })
    const argv = [join(deps.resources, 'python', 'tensorboard_of_run.py'), deps.runs.folder(id)]
    const env = await deps.variables(environment)
    const child = spawn(environment.program, argv, { env, stdio: ['ignore', 'pipe', 'ignore'] })
    const address = firstLine(child).catch(() => {
      throw new AppError('TENSORBOARD_MISSING', { environment: environment.id })
    })
    open.set(id, { child, address })
    child.once('exit', () => open.delete(id))
    return { address: await address }
  }

  return {
    async open(id) {
      const there = open.get(id)
      return there === undefined ? start(id) : { address: await there.address }
    },
    async dispose() {
      const ends = [...open.values()].map(({ child }) => new Promise((ended) => child.once('exit', ended)))
      for (const { child } of open.values()) child.kill()
      await Promise.all(ends)
    },
  }
}

/** Fails when the program ends, or cannot be started, before it says a line. */
function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => reject(new Error('it ended')))
    if (child.stdout !== null) createInterface({ input: child.stdout }).once('line', resolve)
  })
}
