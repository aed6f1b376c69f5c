import { access, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Engine, MachineReport } from '#contract'
import * as z from 'zod'
import { AppError } from '../errors'
import { digestOf } from '../jobs/journal'
import type { Step, StepContext } from '../jobs/step'
import { unreachable } from '../net/fetch-file'
import type { NetworkProfile } from '../net/profile'
import { bytecodeCache, childEnvironment } from '../proc/environment'
import { runProgram } from '../proc/program'
import { runScript } from '../proc/script'
import { peekJson, removeIfThere, writeJson } from '../state/atomic-file'
import { freeBytes, type RootLayout } from '../state/root'
import { chooseEngines, prefixPython, type EngineChoice } from './engine'
import { fetchLocked } from './fetch'
import { installedPackages, manifestFile, readManifest, type Manifest } from './manifest'
import type { Recipe } from './recipe'
import { explainPip, localFile, Lock, readPipReport, type LockedFile } from './resolve'

export interface EnvironmentDeps {
  layout: RootLayout
  resources: string
  network: NetworkProfile
  /** The latest measurement: which Pythons and engines there are. */
  machine: () => MachineReport
}

const Chosen = z.object({ engine: z.enum(['conda', 'uv', 'venv']), create: z.array(z.string()), install: z.array(z.string()) })
const Probe = z.object({
  python: z.object({ version: z.string() }),
  modules: z.array(z.object({ name: z.string(), version: z.string().nullable(), seconds: z.number(), error: z.string().nullable() })),
})

/** The folder of an environment is named by what is in it: a changed recipe makes a new one. */
export function environmentId(recipe: Recipe): string {
  return `${recipe.id}-${digestOf(recipe).slice(0, 8)}`
}

export const environmentPython = (layout: RootLayout, id: string) => prefixPython(join(layout.environments, id, 'prefix'))

/** The steps that build the environment of `recipe`, the manifest last. */
export function environmentSteps(deps: EnvironmentDeps, recipe: Recipe): Step[] {
  const id = environmentId(recipe)
  const folder = join(deps.layout.environments, id)
  const prefix = join(folder, 'prefix')
  const files = { chosen: join(folder, 'engine.json'), lock: join(folder, 'lock.json'), probe: join(folder, 'probe.json') }
  const wheels = join(deps.layout.cache, 'wheels')
  const sealed = async () => (await readManifest(folder))?.recipeDigest === digestOf(recipe)
  const lock = async (): Promise<LockedFile[]> => asValue(await peekJson(files.lock, Lock)) ?? []
  const environment = () =>
    childEnvironment({
      ...deps.network.environment(),
      PIP_CACHE_DIR: join(deps.layout.cache, 'pip'),
      PIP_DISABLE_PIP_VERSION_CHECK: '1',
      PIP_NO_INPUT: '1',
    })
  const program = (context: StepContext, argv: [string, ...string[]]) =>
    runProgram({ argv, environment: environment(), cwd: folder, signal: context.signal, onLine: context.log, onStart: context.onStart })
  const step = (name: 'create' | 'resolve' | 'fetch' | 'install' | 'probe' | 'manifest', rest: Omit<Step, 'id' | 'subject' | 'inputs'>): Step => ({
    id: `environment.${name}`,
    subject: id,
    inputs: () => Promise.resolve(recipe),
    run: rest.run,
    verify: async () => (name !== 'manifest' && (await sealed())) || (await rest.verify()),
  })

  async function create(context: StepContext): Promise<EngineChoice> {
    const machine = deps.machine()
    const choices = chooseEngines(machine, recipe.pythons, prefix)
    if (choices.length === 0) {
      const found = machine.pythons.map(({ version }) => version).join(', ') || '-'
      throw new AppError('PYTHON_MISSING', { wanted: recipe.pythons.join(' / '), found })
    }
    let detail = ''
    for (const choice of choices) {
      await removeIfThere(prefix)
      const end = await program(context, choice.create)
      if (end.code === 0) return choice
      detail = `${choice.engine}: ${end.tail}`
      context.finding({ code: 'ENGINE_FAILED', severity: 'warning', params: { engine: choice.engine, detail: end.tail.slice(-300) } })
    }
    throw new AppError('ENVIRONMENT_UNAVAILABLE', { detail })
  }

  async function resolve(context: StepContext): Promise<void> {
    await writeFile(join(folder, 'requirements.txt'), recipe.packages.join('\n') + '\n')
    await writeFile(join(folder, 'constraints.txt'), recipe.constraints.join('\n') + '\n')
    const report = join(folder, 'pip-report.json')
    const indexes = await indexArguments(context)
    const argv: [string, ...string[]] = [prefixPython(prefix), '-m', 'pip', 'install', '--dry-run', '--ignore-installed']
    argv.push('--only-binary', ':all:', '--progress-bar', 'off', '--retries', '2', '--timeout', '20', '--report', report)
    argv.push(...indexes, '--requirement', 'requirements.txt', '--constraint', 'constraints.txt')
    context.progress({ done: 0, total: null, unit: 'items', what: null })
    let seen = 0
    const onLine = (line: string) => {
      context.log(line)
      const package_ = /^Collecting ([^\s<>=!~]+)/.exec(line)?.[1]
      if (package_ !== undefined) context.progress({ done: ++seen, total: null, unit: 'items', what: package_ })
    }
    const lines: string[] = []
    const end = await runProgram({
      argv, environment: environment(), cwd: folder, signal: context.signal, onStart: context.onStart,
      onLine: (line) => (lines.push(line), onLine(line)),
    })
    if (end.code !== 0) {
      const { code, ...params } = explainPip(lines.join('\n'))
      throw new AppError(code, params)
    }
    await writeJson(files.lock, await readPipReport(report))
  }

  /** An index that does not answer would make pip fail at each package: it is asked first, and left out. */
  async function indexArguments(context: StepContext): Promise<string[]> {
    const main = deps.network.packageIndex()
    const torch = deps.network.torchIndex() ?? recipe.torchIndex
    const args = main === null ? [] : ['--index-url', main]
    if (torch === null) return args
    const reason = await unreachable(`${torch.replace(/\/$/, '')}/torch/`, deps.network.dispatcher())
    if (reason === null) return [...args, '--extra-index-url', torch]
    context.finding({ code: 'TORCH_INDEX_UNREACHABLE', severity: 'warning', params: { address: torch, detail: reason } })
    return args
  }

  async function install(context: StepContext, choice: EngineChoice): Promise<void> {
    const wanted = await lock()
    if ((await missing(prefix, wanted)).length < wanted.length) {
      // Half installed by a try that was cut off: pip cannot mend that, a fresh prefix can.
      await removeIfThere(prefix)
      const end = await program(context, choice.create)
      if (end.code !== 0) throw new AppError('ENVIRONMENT_UNAVAILABLE', { detail: end.tail })
    }
    const counting = setInterval(() => {
      void missing(prefix, wanted).then((left) =>
        context.progress({ done: wanted.length - left.length, total: wanted.length, unit: 'items', what: null }),
      )
    }, 500)
    try {
      const end = await program(context, [...choice.install, '--no-index', '--no-deps', ...installFlags(choice.engine), ...wanted.map((file) => localFile(wheels, file))])
      if (end.code !== 0) throw new AppError('INSTALL_FAILED', { detail: end.tail })
    } finally {
      clearInterval(counting)
    }
  }

  async function probe(context: StepContext): Promise<void> {
    const value = await runScript({
      name: 'probe_env.py',
      argv: [prefixPython(prefix), join(deps.resources, 'python', 'probe_env.py'), '--modules', recipe.modules.join(',')],
      environment: childEnvironment(bytecodeCache(deps.layout)), cwd: folder, signal: context.signal,
      result: Probe, onLine: context.log, onStart: context.onStart,
      onProgress: context.progress, onFinding: context.finding,
    })
    const broken = value.modules.filter((module) => module.error !== null)
    if (broken.length > 0) throw new AppError('PROBE_FAILED', { modules: broken.map(({ name, error }) => `${name} (${error ?? ''})`).join('; ') })
    await writeJson(files.probe, value)
  }

  return [
    step('create', {
      async run(context) {
        await mkdir(folder, { recursive: true })
        const free = await freeBytes(folder)
        if (free < recipe.diskBytes) throw new AppError('DISK_FULL', { path: folder, neededBytes: recipe.diskBytes, freeBytes: free })
        await writeJson(files.chosen, await create(context))
      },
      verify: async () => (await chosen(files.chosen)) !== null && (await exists(prefixPython(prefix))),
    }),
    step('resolve', { run: resolve, verify: async () => (await lock()).length > 0 }),
    step('fetch', {
      run: async (context) => fetchLocked(await lock(), wheels, deps.network.dispatcher(), context),
      verify: async () => everyExists((await lock()).map((file) => localFile(wheels, file))),
    }),
    step('install', {
      async run(context) {
        const choice = await chosen(files.chosen)
        if (choice !== null) await install(context, choice)
      },
      verify: async () => (await missing(prefix, await lock())).length === 0,
    }),
    step('probe', { run: probe, verify: async () => asValue(await peekJson(files.probe, Probe)) !== null }),
    step('manifest', {
      async run() {
        const [choice, probed] = [await chosen(files.chosen), asValue(await peekJson(files.probe, Probe))]
        if (choice === null || probed === null) throw new AppError('INTERNAL', { detail: 'a file of an earlier step is gone' })
        const manifest: Manifest = {
          version: 1, recipe: recipe.id, recipeDigest: digestOf(recipe), engine: choice.engine,
          python: probed.python.version, packages: await installedPackages(prefix), createdAt: Date.now(),
        }
        await writeJson(manifestFile(folder), manifest)
      },
      verify: sealed,
    }),
  ]
}

/** Locked files that are not installed in `prefix` at the locked version. */
async function missing(prefix: string, wanted: LockedFile[]): Promise<LockedFile[]> {
  const installed = new Map((await installedPackages(prefix)).map(({ name, version }) => [normal(name), version]))
  return wanted.filter(({ name, version }) => installed.get(normal(name)) !== version)
}

/** pip writes .pyc files for everything it installs; for torch that takes longer than the copying. */
const installFlags = (engine: Engine) => (engine === 'uv' ? [] : ['--no-compile', '--no-warn-script-location', '--progress-bar', 'off'])

const normal = (name: string) => name.toLowerCase().replaceAll(/[-_.]+/g, '-')
const asValue = <T>(value: T | null | 'damaged'): T | null => (value === 'damaged' ? null : value)

async function chosen(file: string): Promise<EngineChoice | null> {
  const value = asValue(await peekJson(file, Chosen))
  return value === null ? null : (value as EngineChoice)
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(() => true, () => false)
}

async function everyExists(paths: string[]): Promise<boolean> {
  return paths.length > 0 && (await Promise.all(paths.map(exists))).every(Boolean)
}
