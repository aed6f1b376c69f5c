import { mkdir } from 'node:fs/promises'
import { AppError } from '../errors'
import type { StepContext } from '../jobs/step'
import { removeIfThere, writeJson } from '../state/atomic-file'
import { chooseEngines } from './engine'
import type { Workshop } from './workshop'

/** Makes the prefix with the first engine that can; each that cannot is reported with its reason. */
export async function createPrefix(shop: Workshop, context: StepContext): Promise<void> {
  await mkdir(shop.folder, { recursive: true })
  await writeJson(shop.files.marker, { version: 1, recipe: shop.recipe })
  const machine = shop.deps.machine()
  const choices = chooseEngines(machine, shop.recipe.pythons, shop.prefix)
  if (choices.length === 0) {
    const found = machine.pythons.map(({ version }) => version).join(', ') || '-'
    throw new AppError('PYTHON_MISSING', { wanted: shop.recipe.pythons.join(' / '), found })
  }
  let detail = ''
  for (const { engine, create } of choices) {
    await removeIfThere(shop.prefix)
    const end = await shop.run(context, create)
    if (end.code === 0) return writeJson(shop.files.engine, { engine, by: create[0] })
    detail = `${engine}: ${end.tail}`
    const params = { engine, detail: end.tail.slice(-300) }
    context.finding({ code: 'ENGINE_FAILED', severity: 'warning', params })
  }
  throw new AppError('ENVIRONMENT_UNAVAILABLE', { detail })
}

/** Whether the prefix has a Python that starts. */
export async function pythonStarts(shop: Workshop): Promise<boolean> {
  if ((await shop.made()) === null) return false
  const nowhere = { signal: AbortSignal.timeout(20_000), log: () => undefined, onStart: () => undefined }
  const end = await shop.run(nowhere, [shop.python, '-c', 'import sys']).catch(() => null)
  return end?.code === 0
}
