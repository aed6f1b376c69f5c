import { join } from 'node:path'
import * as z from 'zod'
import type { MachineReport } from '#contract'
import type { StepContext } from '../jobs/step'
import type { NetworkProfile } from '../net/profile'
import { childEnvironment } from '../proc/environment'
import { runProgram, type ProgramEnd } from '../proc/program'
import { peekJson } from '../state/atomic-file'
import type { RootLayout } from '../state/root'
import { prefixPython, type EngineChoice } from './engine'
import { installedPackages } from './manifest'
import type { Recipe } from './recipe'
import { Lock, type LockedFile } from './resolve'

export interface EnvironmentDeps {
  layout: RootLayout
  resources: string
  network: NetworkProfile
  /** The latest measurement: which Pythons and engines there are. */
  machine: () => MachineReport
}

const Chosen = z.object({
  engine: z.enum(['conda', 'uv', 'venv']),
  create: z.tuple([z.string()], z.string()),
  install: z.tuple([z.string()], z.string()),
})

/** Where one environment is being built, and what its steps share. */
export interface Workshop {
  deps: EnvironmentDeps
  recipe: Recipe
  folder: string
  prefix: string
  python: string
  wheels: string
  files: Record<'engine' | 'lock' | 'probe', string>
  /** Runs a program in the environment's folder, told of the network, its lines in the job's log. */
  run(context: StepContext, argv: [string, ...string[]], onLine?: (line: string) => void): Promise<ProgramEnd>
  chosen(): Promise<EngineChoice | null>
  lock(): Promise<LockedFile[]>
  /** Locked files that are not installed at the locked version. */
  missing(): Promise<LockedFile[]>
}

export function openWorkshop(deps: EnvironmentDeps, recipe: Recipe, folder: string): Workshop {
  const prefix = join(folder, 'prefix')
  const files = {
    engine: join(folder, 'engine.json'),
    lock: join(folder, 'lock.json'),
    probe: join(folder, 'probe.json'),
  }
  const lock = async () => whole(await peekJson(files.lock, Lock)) ?? []
  return {
    deps,
    recipe,
    folder,
    prefix,
    python: prefixPython(prefix),
    wheels: join(deps.layout.cache, 'wheels'),
    files,
    run: (context, argv, onLine = context.log) =>
      runProgram({
        argv,
        cwd: folder,
        signal: context.signal,
        onLine,
        onStart: context.onStart,
        environment: childEnvironment({
          ...deps.network.environment(),
          PIP_CACHE_DIR: join(deps.layout.cache, 'pip'),
          PIP_DISABLE_PIP_VERSION_CHECK: '1',
          PIP_NO_INPUT: '1',
        }),
      }),
    chosen: async () => whole(await peekJson(files.engine, Chosen)),
    lock,
    async missing() {
      const installed = new Map((await installedPackages(prefix)).map(({ name, version }) => [normal(name), version]))
      return (await lock()).filter(({ name, version }) => installed.get(normal(name)) !== version)
    },
  }
}

/** A file that another try left half written counts as none: its step runs again. */
export const whole = <T>(value: T | null | 'damaged'): T | null => (value === 'damaged' ? null : value)

/** Names as the index compares them (PEP 503). */
const normal = (name: string) => name.toLowerCase().replaceAll(/[-_.]+/g, '-')
