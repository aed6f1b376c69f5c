import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { childEnvironment } from '../../proc/environment'
import { runScript, type ScriptOptions } from '../../proc/script'

export interface ProveRequest extends Pick<
  ScriptOptions<unknown>,
  'signal' | 'onLine' | 'onStart' | 'onProgress' | 'onFinding'
> {
  /** The environment's Python. */
  python: string
  resources: string
  /** Parquet; each is a dataset of its own. */
  files: readonly string[]
  /** Folder of a model: its tokenizer and template are used, too. */
  model: string | null
  /** A folder for what verl's libraries make of the files: some times their size, gone afterwards. */
  scratch: string
  /** Added to the child's environment, e.g. `bytecodeCache(layout)`. */
  variables?: Record<string, string>
}

const Proof = z.object({ verl: z.string(), rows: z.number() })
export type Proof = z.infer<typeof Proof>

/**
 * Lets verl's own RLHFDataset go through every row of the files, and compares what it gives with what they say.
 * Finding: DATA_VERL_READS. Errors: DATA_NOT_PROVED, SCRIPT_FAILED.
 */
export async function proveWithVerl(request: ProveRequest): Promise<Proof> {
  const { python, resources, files, model, scratch, variables = {}, ...watching } = request
  await mkdir(scratch, { recursive: true })
  const folder = await mkdtemp(join(scratch, 'verl-'))
  const ofModel = model === null ? [] : [`--model=${model}`]
  const script = join(resources, 'python', 'read_with_verl.py')
  try {
    return await runScript({
      ...watching,
      name: 'read_with_verl.py',
      result: Proof,
      argv: [python, script, `--scratch=${folder}`, ...ofModel, '--', ...files],
      cwd: resources,
      environment: childEnvironment({ ...variables, HF_HUB_OFFLINE: '1', TOKENIZERS_PARALLELISM: 'false' }),
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
