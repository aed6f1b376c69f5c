import { readFile, rename, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { stringify } from 'smol-toml'
import * as z from 'zod'
import type { StepContext } from '../jobs/step'
import { unreachable } from '../net/fetch-file'
import type { TorchSource } from '../net/presets'
import { uvCertificate, uvIndexArguments } from '../net/pip-config'
import { bytecodeCache, childEnvironment } from '../proc/environment'
import { runScript } from '../proc/script'
import { writeJson } from '../state/atomic-file'
import type { LockedFile } from './lock'
import { readPylock } from './pylock'
import { readPipConfig } from './pip'
import type { Recipe } from './recipe'
import { findUv } from './uv'
import type { Workshop } from './workshop'

/**
 * Asks the index for the exact file of every package: lock.json. Nothing is installed. torch comes from its own
 * index alone, and the lock names one file of it, so that nothing can replace it later.
 * Errors: NETWORK_UNREACHABLE, TLS_INTERCEPTED, PROXY_REFUSED, PACKAGES_UNRESOLVED.
 */
export async function resolve(shop: Workshop, context: StepContext): Promise<void> {
  const uv = await findUv(shop, context)
  const torch = await torchSource(shop, context)
  const files = uv === null ? await askPip(shop, torch, context) : await askUv(shop, uv, torch, context)
  await writeJson(
    shop.files.lock,
    [...files].sort((a, b) => a.name.localeCompare(b.name)),
  )
}

/** A source that does not answer would make every package fail: it is asked first, and left out. */
async function torchSource(shop: Workshop, context: StepContext): Promise<TorchSource | null> {
  const { network } = shop.deps
  const source = network.torchSource(shop.recipe.torchIndex)
  if (source === null) return null
  const page = source.layout === 'index' ? `${source.address.replace(/\/$/, '')}/torch/` : source.address
  const detail = await unreachable(page, network.dispatcher())
  if (detail === null) return source
  const params = { address: source.address, detail }
  context.finding({ code: 'TORCH_INDEX_UNREACHABLE', severity: 'warning', params })
  return null
}

async function askUv(
  shop: Workshop,
  uv: string,
  torch: TorchSource | null,
  context: StepContext,
): Promise<LockedFile[]> {
  const { recipe, folder, deps } = shop
  await writeFile(join(folder, 'pyproject.toml'), projectOf(wanted(recipe), torch))
  await writeFile(join(folder, 'constraints.txt'), recipe.constraints.join('\n') + '\n')
  const made = join(folder, 'pylock.making.toml')
  const argv: [string, ...string[]] = [uv, 'pip', 'compile', 'pyproject.toml', '--constraint', 'constraints.txt']
  argv.push('--format', 'pylock.toml', '--output-file', basename(made), '--no-header', '--quiet')
  argv.push('--python', shop.python, ...onlyBinary(recipe.sources))
  const [pip, tags] = await Promise.all([readPipConfig(shop, context), wheelTags(shop, context)])
  argv.push(...uvIndexArguments(pip, deps.network))
  context.progress({ done: 0, total: null, unit: 'items', what: 'uv' })
  const certificate = uvCertificate(pip, { ...process.env, ...deps.network.environment() })
  await said(shop, argv, context, () => undefined, certificate)
  const files = readPylock(await readFile(made, 'utf8'), tags)
  await rename(made, join(folder, 'pylock.toml'))
  return files
}

/** Which wheels the environment's Python takes, best first. */
const wheelTags = (shop: Workshop, context: StepContext) =>
  runScript({
    name: 'wheel_tags.py',
    argv: [shop.python, join(shop.deps.resources, 'python', 'wheel_tags.py')],
    environment: childEnvironment(bytecodeCache(shop.deps.layout)),
    cwd: shop.folder,
    signal: context.signal,
    result: z.array(z.string()),
    onLine: context.log,
    onStart: () => undefined,
  })

/** What builds the sources is locked too, for they are built where nothing can be fetched; bdist_wheel is in since 70.1. */
const wanted = ({ packages, sources }: Recipe) => (sources.length === 0 ? packages : [...packages, 'setuptools>=70.1'])

/** Only what the recipe names is ever built from source; everything else must come as a wheel. */
const onlyBinary = (sources: string[]) => [
  '--only-binary',
  ':all:',
  ...sources.flatMap((name) => ['--no-binary', name]),
]

/** What uv is to resolve. An "explicit" index is asked for the packages that name it, and for nothing else. */
export function projectOf(dependencies: string[], torch: TorchSource | null): string {
  const project = { name: 'environment', version: '0', dependencies }
  if (torch === null) return stringify({ project })
  const format = torch.layout === 'files' ? { format: 'flat' } : {}
  const index = { name: 'torch', url: torch.address, explicit: true, ...format }
  const uv = { index: [index], sources: { torch: { index: 'torch' } } }
  return stringify({ project, tool: { uv } })
}

/** Where there is no uv: pip says the same, more slowly. */
async function askPip(shop: Workshop, torch: TorchSource | null, context: StepContext): Promise<LockedFile[]> {
  const { recipe, folder, deps } = shop
  await writeFile(join(folder, 'requirements.txt'), wanted(recipe).join('\n') + '\n')
  await writeFile(join(folder, 'constraints.txt'), recipe.constraints.join('\n') + '\n')
  const report = join(folder, 'pip-report.json')
  const argv: [string, ...string[]] = [shop.python, '-m', 'pip', 'install', '--dry-run', '--ignore-installed']
  argv.push(...onlyBinary(recipe.sources), '--progress-bar', 'off', '--retries', '2', '--timeout', '20')
  argv.push('--report', report, '--requirement', 'requirements.txt', '--constraint', 'constraints.txt')
  const main = deps.network.packageIndex()
  argv.push(...(main === null ? [] : ['--index-url', main]), ...pipTorch(torch))
  let seen = 0
  context.progress({ done: 0, total: null, unit: 'items', what: 'pip' })
  await said(shop, argv, context, (line) => {
    const name = /^Collecting ([^\s<>=!~]+)/.exec(line)?.[1]
    if (name !== undefined) context.progress({ done: ++seen, total: null, unit: 'items', what: name })
  })
  return readPipReport(await readFile(report, 'utf8'))
}

const pipTorch = (torch: TorchSource | null) =>
  torch === null ? [] : [torch.layout === 'files' ? '--find-links' : '--extra-index-url', torch.address]

async function said(
  shop: Workshop,
  argv: [string, ...string[]],
  context: StepContext,
  onLine: (line: string) => void,
  variables: Record<string, string> = {},
): Promise<void> {
  const lines: string[] = []
  const take = (line: string) => {
    lines.push(line)
    context.log(line)
    onLine(line)
  }
  const end = await shop.run(context, argv, take, variables)
  if (end.code === 0) return
  throw await shop.deps.network.explain(lines.length > 0 ? lines.join('\n') : end.tail)
}

/** The part we need of `pip install --report` (pip 22.2 and later; format version 1). */
const PipReport = z.object({
  install: z.array(
    z.object({
      metadata: z.object({ name: z.string(), version: z.string() }),
      download_info: z.object({
        url: z.string(),
        archive_info: z.object({ hashes: z.record(z.string(), z.string()).optional() }).optional(),
      }),
    }),
  ),
})

function readPipReport(text: string): LockedFile[] {
  return PipReport.parse(JSON.parse(text)).install.map(({ metadata: { name, version }, download_info }) => ({
    name,
    version,
    url: download_info.url,
    sha256: download_info.archive_info?.hashes?.['sha256'] ?? null,
    size: null,
  }))
}
