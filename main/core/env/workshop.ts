import { join } from 'node:path'
import * as z from 'zod'
import { Engine, type MachineReport } from '#contract'
import type { StepContext } from '../jobs/step'
import type { NetworkProfile } from '../net/profile'
import { childEnvironment } from '../proc/environment'
import { runProgram, type ProgramEnd } from '../proc/program'
import { peekJson } from '../state/atomic-file'
import type { Ledger } from '../space/ledger'
import type { RootLayout } from '../state/root'
import type { Book } from './book'
import { environmentId, Recipe } from './recipe'
import { unwholePackages, type Unwhole } from './records'
import { Lock, type LockedFile } from './lock'

export interface EnvironmentDeps {
  layout: RootLayout
  resources: string
  network: NetworkProfile
  ledger: Ledger
  book: Book
  /** The latest measurement: which Pythons and engines there are. */
  machine: () => MachineReport
}

/** envs/<id>/environment.json, written first: it says that the folder is ours, and what it is to become. */
export const Marker = z.object({ version: z.literal(1), recipe: Recipe })
/** envs/<id>/engine.json: who made the prefix, from which program. */
export const Made = z.object({ engine: Engine, by: z.string() })

/** Where one environment is being built, and what its steps share. */
export interface Workshop {
  deps: EnvironmentDeps
  recipe: Recipe
  id: string
  folder: string
  prefix: string
  python: string
  wheels: string
  files: Record<'marker' | 'engine' | 'lock' | 'probe' | 'check', string>
  /** Runs a program in the environment's folder, told of the network, its lines in the job's log. */
  run(
    context: Pick<StepContext, 'signal' | 'log' | 'onStart'>,
    argv: [string, ...string[]],
    onLine?: (line: string) => void,
    variables?: Record<string, string>,
  ): Promise<ProgramEnd>
  made(): Promise<z.infer<typeof Made> | null>
  lock(): Promise<LockedFile[]>
  /** Locked packages that are not there as they should be. Looked at once, until `changed` says what to look at again. */
  unwhole(signal?: AbortSignal): Promise<Unwhole[]>
  /** These packages were installed anew; without names: the prefix or the lock is another one. */
  changed(names?: Set<string>): Promise<void>
  /** The files the next installation needs. */
  needed(): Promise<LockedFile[]>
}

export const prefixPython = (prefix: string) => join(prefix, 'bin', 'python')

/** `deep`: every installed file is read and compared with its digest, not only looked for. */
export function openWorkshop(deps: EnvironmentDeps, recipe: Recipe, { deep }: { deep: boolean }): Workshop {
  const id = environmentId(recipe)
  const folder = join(deps.layout.environments, id)
  const prefix = join(folder, 'prefix')
  const files = {
    marker: join(folder, 'environment.json'),
    engine: join(folder, 'engine.json'),
    lock: join(folder, 'lock.json'),
    probe: join(folder, 'probe.json'),
    check: join(folder, 'check.json'),
  }
  const lock = async () => whole(await peekJson(files.lock, Lock)) ?? []
  const look = async (names: Set<string> | null, signal?: AbortSignal) => {
    const locked = (await lock()).filter(({ name }) => names === null || names.has(name))
    return unwholePackages(prefix, locked, { deep, ...(signal === undefined ? {} : { signal }) })
  }
  let seen: Unwhole[] | null = null
  const unwhole = async (signal?: AbortSignal) => (seen ??= await look(null, signal))
  return {
    deps,
    recipe,
    id,
    folder,
    prefix,
    python: prefixPython(prefix),
    wheels: join(deps.layout.cache, 'wheels'),
    files,
    run: (context, argv, onLine = context.log, variables = {}) =>
      runProgram({
        argv,
        cwd: folder,
        signal: context.signal,
        onLine,
        onStart: context.onStart,
        environment: { ...toolEnvironment(deps), ...variables },
      }),
    made: async () => whole(await peekJson(files.engine, Made)),
    lock,
    unwhole,
    async changed(names) {
      const others = names === undefined ? null : seen?.filter(({ name }) => !names.has(name))
      seen = names === undefined || others == null ? null : [...others, ...(await look(names))]
    },
    async needed() {
      const names = new Set((await unwhole()).map(({ name }) => name))
      return (await lock()).filter(({ name }) => names.has(name))
    },
  }
}

/** What pip and uv are run with: our caches, nobody's configuration of uv, and the network profile. */
function toolEnvironment({ layout, network }: EnvironmentDeps): Record<string, string> {
  return childEnvironment({
    ...network.environment(),
    PIP_CACHE_DIR: join(layout.cache, 'pip'),
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
    UV_CACHE_DIR: join(layout.cache, 'uv'),
    UV_NO_CONFIG: '1',
    UV_PYTHON_DOWNLOADS: 'never',
    UV_NO_PROGRESS: '1',
  })
}

/** A file that another try left half written counts as none: its step runs again. */
export const whole = <T>(value: T | null | 'damaged'): T | null => (value === 'damaged' ? null : value)
