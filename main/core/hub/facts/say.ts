import type { Said } from '#contract'
import { join } from 'node:path'
import * as z from 'zod'
import { childEnvironment } from '../../proc/environment'
import { runScript, type ScriptOptions } from '../../proc/script'

export interface SayRequest extends Pick<
  ScriptOptions<unknown>,
  'signal' | 'onLine' | 'onStart' | 'onFinding' | 'onProgress'
> {
  /** The model's folder. */
  folder: string
  prompt: string
  /** Its id, and the Python in it. */
  environment: string
  python: string
  resources: string
  /** Added to the child's environment, e.g. `bytecodeCache(layout)`. */
  variables?: Record<string, string>
  /** "cpu": whatever cards there are. */
  device?: 'cpu'
}

const Spoken = z.object({ text: z.string(), device: z.string(), seconds: z.number() })

/**
 * Loads the model inside an environment and lets it answer, at most 64 tokens. Nothing is fetched and none of the
 * model's own code is run. Errors: MODEL_CONFIG_BAD, MODEL_WEIGHTS_BAD, MODEL_NO_MEMORY, SCRIPT_FAILED.
 */
export async function saySomething(request: SayRequest): Promise<Said> {
  const { folder, prompt, environment, python, resources, variables = {}, device, ...watching } = request
  const script = join(resources, 'python', 'say_something.py')
  const spoken = await runScript({
    ...watching,
    name: 'say_something.py',
    result: Spoken,
    // "=": a prompt may begin with a dash.
    argv: [python, script, '--model', folder, `--prompt=${prompt}`, `--device=${device ?? 'auto'}`],
    cwd: resources,
    environment: childEnvironment({ ...variables, HF_HUB_OFFLINE: '1', TOKENIZERS_PARALLELISM: 'false' }),
  })
  return { prompt, environment, ...spoken, at: Date.now() }
}
