import { AppError, toAppError } from '../errors'
import type { StepContext } from '../jobs/step'
import { writeJson } from '../state/atomic-file'
import { healthOf } from './health'
import type { Checked } from './manifest'
import { checkPatches } from './patch'
import { pythonStarts } from './prefix'
import { probeWith } from './probe'
import { installedPackages, normalName } from './records'
import type { Workshop } from './workshop'

/** What an engine or the installer puts beside the locked packages. */
const brought = new Set(['pip', 'setuptools', 'wheel'])

/** Looks at every part of an environment, every file of it, and writes down what it found; changes nothing else. */
export async function checkEnvironment(shop: Workshop, signal: AbortSignal): Promise<void> {
  const context = quiet(signal)
  const starts = await pythonStarts(shop)
  const unwhole = await shop.unwhole(signal)
  const locked = new Set((await shop.lock()).map(({ name }) => normalName(name)))
  const installed = (await installedPackages(shop.prefix)).map(({ name }) => normalName(name))
  const added = installed.filter((name) => !locked.has(name) && !brought.has(name))
  const patchTrouble = shop.recipe.patches === null || !starts ? null : await troubleOf(checkPatches(shop, context))
  const { deps, python, recipe } = shop
  const probe = starts ? await probeWith({ ...deps, python, modules: recipe.modules }, context) : emptyProbe
  const health = healthOf({ recipe, pythonStarts: starts, unwhole, added, patchTrouble, probe: starts ? probe : null })
  const checked: Checked = { version: 1, at: Date.now(), health, probe }
  await writeJson(shop.files.check, checked)
}

/** A look that nobody follows line by line. */
export function quiet(signal: AbortSignal): StepContext {
  const nothing = () => undefined
  return { signal, log: nothing, progress: nothing, finding: nothing, landed: nothing, onStart: nothing }
}

async function troubleOf(work: Promise<void>): Promise<string | null> {
  try {
    await work
    return null
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    return String(toAppError(thrown).data.params['detail'] ?? '')
  }
}

const emptyProbe: Checked['probe'] = {
  python: { version: '', executable: '', glibc: null },
  modules: [],
  torch: null,
  gpus: [],
  attention: [],
  nccl: null,
  undeclared: [],
  findings: [],
}
