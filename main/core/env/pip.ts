import type { StepContext } from '../jobs/step'
import { parsePipConfig, type PipConfig } from '../net/pip-config'
import type { Workshop } from './workshop'

/** What pip on this machine is set up with: uv does not read it by itself (docs.astral.sh/uv/pip/compatibility). */
export async function readPipConfig(shop: Workshop, context: StepContext): Promise<PipConfig> {
  const lines: string[] = []
  const silent = { ...context, log: () => undefined }
  await shop.run(silent, [shop.python, '-m', 'pip', 'config', 'list'], (line) => lines.push(line))
  return parsePipConfig(lines.join('\n'))
}
