import { mkdir } from 'node:fs/promises'
import type { Engine, Finding } from '#contract'
import { AppError } from '../errors'
import type { StepContext } from '../jobs/step'
import { unreachable } from '../net/fetch-file'
import { removeIfThere, writeJson } from '../state/atomic-file'
import { condaEngine } from './conda/engine'
import { channelAddress, foundProgram } from './conda/program'
import { loadTools, type Tools } from './conda/tools'
import { chooseEngines, fittingPython } from './engine'
import type { Workshop } from './workshop'

/** How long a channel may take to answer before the next engine is taken. */
const CHANNEL_MS = 3_000

/** Makes the prefix with the first engine that can: conda, uv, venv; each that cannot is reported with its reason. */
export async function createPrefix(shop: Workshop, context: StepContext): Promise<void> {
  await shop.changed()
  await mkdir(shop.folder, { recursive: true })
  await writeJson(shop.files.marker, { version: 1, recipe: shop.recipe })
  const reasons: string[] = []
  const passedOver = (engine: Engine, thrown: unknown) => {
    context.signal.throwIfAborted()
    if (!(thrown instanceof AppError)) throw thrown
    const { code, params } = thrown.data
    const detail = String(params['detail'] ?? params['address'] ?? code)
    reasons.push(`${engine}: ${detail}`)
    context.finding({ code: 'ENGINE_FAILED', severity: 'warning', params: { engine, detail: detail.slice(-300) } })
  }
  try {
    if (await makeWithConda(shop, context)) return
  } catch (thrown) {
    passedOver('conda', thrown)
  }
  const machine = shop.deps.machine()
  for (const { engine, create } of chooseEngines(machine, shop.recipe.pythons, shop.prefix)) {
    await removeIfThere(shop.prefix)
    const end = await shop.run(context, create)
    if (end.code === 0) return writeJson(shop.files.engine, { engine, by: create[0] })
    passedOver(engine, new AppError('ENVIRONMENT_UNAVAILABLE', { detail: end.tail }))
  }
  if (fittingPython(machine, shop.recipe.pythons) !== null)
    throw new AppError('ENVIRONMENT_UNAVAILABLE', { detail: reasons.join('; ') })
  const found = machine.pythons.map(({ version }) => version).join(', ') || '-'
  throw new AppError('PYTHON_MISSING', { wanted: shop.recipe.pythons.join(' / '), found })
}

/** false: conda was not tried, and a finding says why. Throws what a try ended with. */
async function makeWithConda(shop: Workshop, context: StepContext): Promise<boolean> {
  const { layout, resources, network, machine } = shop.deps
  const tools = await loadTools(resources)
  const engines = () => machine().engines
  const conda = condaEngine({ cache: layout.cache, tools, engines, network: network.conda() })
  const against = conda.usable(shop.prefix) ?? (await channelTrouble(shop, tools))
  if (against !== null) {
    context.finding(against)
    return false
  }
  const program = await conda.make({
    prefix: shop.prefix,
    python: shop.recipe.pythons[0] ?? '3',
    signal: context.signal,
    onLine: context.log,
    onStart: context.onStart,
    progress: context.progress,
  })
  await writeJson(shop.files.engine, { engine: 'conda', by: program.path })
  return true
}

/** A channel nobody answers for is not worth minutes of a solver's retries, nor fetching a solver. */
async function channelTrouble({ deps }: Workshop, tools: Tools): Promise<Finding | null> {
  const base = deps.network.conda().channels() ?? tools.defaultChannels
  const address = channelAddress(base, tools.channel)
  const detail = await unreachable(`${address}/noarch/repodata.json.zst`, deps.network.dispatcher(), CHANNEL_MS)
  if (detail === null) return null
  const found = foundProgram(deps.machine().engines)
  // Without a conda on the machine nobody expects one: it is worth a remark, no more.
  return {
    code: 'CONDA_CHANNEL_UNREACHABLE',
    severity: found === null ? 'info' : 'warning',
    params: { address, detail },
  }
}

/** Whether the prefix has a Python that starts. */
export async function pythonStarts(shop: Workshop): Promise<boolean> {
  if ((await shop.made()) === null) return false
  const nowhere = { signal: AbortSignal.timeout(20_000), log: () => undefined, onStart: () => undefined }
  const end = await shop.run(nowhere, [shop.python, '-c', 'import sys']).catch(() => null)
  return end?.code === 0
}
