import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ProbeReport, type Engine } from '#contract'
import { AppError } from '../errors'
import { digestOf } from '../jobs/journal'
import type { StepContext } from '../jobs/step'
import { unreachable } from '../net/fetch-file'
import { bytecodeCache, childEnvironment } from '../proc/environment'
import { runScript } from '../proc/script'
import { peekJson, removeIfThere, writeJson } from '../state/atomic-file'
import { freeBytes } from '../state/root'
import { chooseEngines, type EngineChoice } from './engine'
import { installedPackages, manifestFile, type Manifest } from './manifest'
import { explainPip, localFile, readPipReport } from './resolve'
import { whole, type Workshop } from './workshop'

/** Makes the prefix with the first engine that can; each that cannot is reported with its reason. */
export async function createPrefix(shop: Workshop, context: StepContext): Promise<void> {
  await mkdir(shop.folder, { recursive: true })
  const free = await freeBytes(shop.folder)
  const { diskBytes, pythons } = shop.recipe
  if (free < diskBytes) throw new AppError('DISK_FULL', { path: shop.folder, neededBytes: diskBytes, freeBytes: free })
  const machine = shop.deps.machine()
  const choices = chooseEngines(machine, pythons, shop.prefix)
  if (choices.length === 0) {
    const found = machine.pythons.map(({ version }) => version).join(', ') || '-'
    throw new AppError('PYTHON_MISSING', { wanted: pythons.join(' / '), found })
  }
  let detail = ''
  for (const choice of choices) {
    const failure = await makePrefix(shop, choice, context)
    if (failure === null) return writeJson(shop.files.engine, choice)
    detail = `${choice.engine}: ${failure}`
    const params = { engine: choice.engine, detail: failure.slice(-300) }
    context.finding({ code: 'ENGINE_FAILED', severity: 'warning', params })
  }
  throw new AppError('ENVIRONMENT_UNAVAILABLE', { detail })
}

/** null when it is made, else what the engine said. */
async function makePrefix(shop: Workshop, choice: EngineChoice, context: StepContext): Promise<string | null> {
  await removeIfThere(shop.prefix)
  const end = await shop.run(context, choice.create)
  return end.code === 0 ? null : end.tail
}

/** Asks the index, through pip, for the exact files of every package: lock.json. Nothing is installed. */
export async function resolve(shop: Workshop, context: StepContext): Promise<void> {
  const { recipe, folder } = shop
  await writeFile(join(folder, 'requirements.txt'), recipe.packages.join('\n') + '\n')
  await writeFile(join(folder, 'constraints.txt'), recipe.constraints.join('\n') + '\n')
  const report = join(folder, 'pip-report.json')
  const argv: [string, ...string[]] = [shop.python, '-m', 'pip', 'install', '--dry-run', '--ignore-installed']
  argv.push('--only-binary', ':all:', '--progress-bar', 'off', '--retries', '2', '--timeout', '20', '--report', report)
  argv.push(
    ...(await indexArguments(shop, context)),
    '--requirement',
    'requirements.txt',
    '--constraint',
    'constraints.txt',
  )
  const lines: string[] = []
  let seen = 0
  context.progress({ done: 0, total: null, unit: 'items', what: null })
  const end = await shop.run(context, argv, (line) => {
    lines.push(line)
    context.log(line)
    const name = /^Collecting ([^\s<>=!~]+)/.exec(line)?.[1]
    if (name !== undefined) context.progress({ done: ++seen, total: null, unit: 'items', what: name })
  })
  if (end.code !== 0) {
    const { code, ...params } = explainPip(lines.join('\n'))
    throw new AppError(code, params)
  }
  await writeJson(shop.files.lock, await readPipReport(report))
}

/** An index that does not answer would make pip fail at each package: it is asked first, and left out. */
async function indexArguments(shop: Workshop, context: StepContext): Promise<string[]> {
  const { network } = shop.deps
  const main = network.packageIndex()
  const torch = network.torchIndex() ?? shop.recipe.torchIndex
  const args = main === null ? [] : ['--index-url', main]
  if (torch === null) return args
  const reason = await unreachable(`${torch.replace(/\/$/, '')}/torch/`, network.dispatcher())
  if (reason === null) return [...args, '--extra-index-url', torch]
  context.finding({ code: 'TORCH_INDEX_UNREACHABLE', severity: 'warning', params: { address: torch, detail: reason } })
  return args
}

/** Installs the locked files and nothing else: no index is asked. */
export async function install(shop: Workshop, context: StepContext): Promise<void> {
  const choice = await shop.chosen()
  const wanted = await shop.lock()
  if (choice === null) throw new AppError('INTERNAL', { detail: `${shop.files.engine} is gone` })
  if ((await shop.missing()).length < wanted.length) {
    // Half installed by a try that was cut off: pip cannot mend that, a fresh prefix can.
    const failure = await makePrefix(shop, choice, context)
    if (failure !== null) throw new AppError('ENVIRONMENT_UNAVAILABLE', { detail: failure })
  }
  const count = async () => {
    const left = await shop.missing()
    context.progress({ done: wanted.length - left.length, total: wanted.length, unit: 'items', what: null })
  }
  const counting = setInterval(() => void count(), 500)
  try {
    const files = wanted.map((file) => localFile(shop.wheels, file))
    const end = await shop.run(context, [
      ...choice.install,
      '--no-index',
      '--no-deps',
      ...installFlags(choice.engine),
      ...files,
    ])
    if (end.code !== 0) throw new AppError('INSTALL_FAILED', { detail: end.tail })
  } finally {
    clearInterval(counting)
  }
}

/** pip writes .pyc files for everything it installs; for torch that takes longer than the copying. */
const installFlags = (engine: Engine) =>
  engine === 'uv' ? [] : ['--no-compile', '--no-warn-script-location', '--progress-bar', 'off']

/** Imports every module of the recipe once, inside the environment, and tries its cards. */
export async function probe(shop: Workshop, context: StepContext): Promise<void> {
  const script = join(shop.deps.resources, 'python', 'probe_env.py')
  const value = await runScript({
    name: 'probe_env.py',
    argv: [shop.python, script, '--modules', shop.recipe.modules.join(',')],
    environment: childEnvironment(bytecodeCache(shop.deps.layout)),
    cwd: shop.folder,
    signal: context.signal,
    result: ProbeReport,
    onLine: context.log,
    onStart: context.onStart,
    onProgress: context.progress,
    onFinding: context.finding,
  })
  const broken = value.modules.filter((module) => module.error !== null)
  if (broken.length > 0) {
    throw new AppError('PROBE_FAILED', {
      modules: broken.map(({ name, error }) => `${name} (${error ?? ''})`).join('; '),
    })
  }
  await writeJson(shop.files.probe, value)
}

export const isProbed = async (shop: Workshop) => whole(await peekJson(shop.files.probe, ProbeReport)) !== null

/** The manifest makes it an environment; nothing is written into the folder after it. */
export async function seal(shop: Workshop): Promise<void> {
  const [choice, probed] = [await shop.chosen(), whole(await peekJson(shop.files.probe, ProbeReport))]
  if (choice === null || probed === null)
    throw new AppError('INTERNAL', { detail: 'a file of an earlier step is gone' })
  const manifest: Manifest = {
    version: 1,
    recipe: shop.recipe.id,
    recipeDigest: digestOf(shop.recipe),
    engine: choice.engine,
    python: probed.python.version,
    packages: await installedPackages(shop.prefix),
    createdAt: Date.now(),
  }
  await writeJson(manifestFile(shop.folder), manifest)
}
