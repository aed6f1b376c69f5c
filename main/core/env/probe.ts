import { dirname, join } from 'node:path'
import { ProbeReport } from '#contract'
import { AppError } from '../errors'
import type { StepContext } from '../jobs/step'
import type { RootLayout } from '../state/root'
import { bytecodeCache, childEnvironment } from '../proc/environment'
import { runScript } from '../proc/script'
import { removeIfThere, writeJson } from '../state/atomic-file'
import { prefixVariables, withVariables } from './variables'
import type { Workshop } from './workshop'

interface Probed {
  resources: string
  layout: RootLayout
  python: string
  modules: string[]
}

/** Really loads things with that Python, each in a process of its own. Writes nothing into its environment. */
export async function probeWith(
  { resources, layout, python, modules }: Probed,
  context: Pick<StepContext, 'signal' | 'log' | 'onStart' | 'progress' | 'finding'>,
): Promise<ProbeReport> {
  const variables = await prefixVariables(dirname(dirname(python)), context.signal)
  return runScript({
    name: 'probe_env.py',
    argv: [python, join(resources, 'python', 'probe_env.py'), '--modules', modules.join(',')],
    environment: { ...withVariables(childEnvironment({}), variables), ...bytecodeCache(layout) },
    cwd: layout.root,
    signal: context.signal,
    result: ProbeReport,
    onLine: context.log,
    onStart: context.onStart,
    onProgress: context.progress,
    onFinding: context.finding,
  })
}

/** The smoke test of a new environment: PROBE_FAILED names what does not load. */
export async function probe(shop: Workshop, context: StepContext): Promise<void> {
  const { deps, python, recipe } = shop
  await removeIfThere(shop.files.probe)
  const report = await probeWith({ ...deps, python, modules: recipe.modules }, context)
  const broken = report.modules.filter(({ error }) => error !== null)
  if (broken.length > 0) {
    throw new AppError('PROBE_FAILED', {
      modules: broken.map(({ name, error }) => `${name} (${error ?? ''})`).join('; '),
    })
  }
  await writeJson(shop.files.probe, report)
}
