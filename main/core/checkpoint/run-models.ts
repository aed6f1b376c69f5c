import { readdir, stat } from 'node:fs/promises'
import { basename, isAbsolute, join, resolve } from 'node:path'
import * as z from 'zod'
import type { EnvironmentView, RunView } from '#contract'
import { Said } from '#contract'
import { trainerArgv } from '../cluster/cluster-launch'
import { AppError } from '../errors'
import { bytecodeCache, childEnvironment } from '../proc/environment'
import { peekJson } from '../state/atomic-file'
import { sizeOf } from '../state/file-size'
import type { RootLayout } from '../state/root'
import type { Runs } from '../train/runs'
import { sourcesOf, type Sources } from './sources'

/** What merge_checkpoint.py says of what it made. */
export const Merged = z.object({
  format: z.enum(['verl', 'hf']),
  dtype: z.string().nullable(),
  adapter: z.boolean(),
  alpha: z.number().nullable(),
  verl: z.string().nullable(),
  files: z.number().int(),
  bytes: z.number(),
})
export type Merged = z.infer<typeof Merged>

/** runs/<id>/models/step-<N>.json, beside the folder step-<N>: how it was made and what it answered. */
export const ModelNote = z.object({
  version: z.literal(1),
  run: z.string(),
  step: z.number().int(),
  madeAt: z.number(),
  merged: Merged,
  said: Said.nullable(),
})
export type ModelNote = z.infer<typeof ModelNote>

/** Only what is read here; the rest of spec.json belongs to train/spec.ts. */
const Spec = z.object({ argv: z.array(z.string()), cwd: z.string(), env: z.record(z.string(), z.string()) })

export interface RunPlace {
  view: RunView
  /** The folder that it saves in. */
  saves: string
  checkpoint: string
  step: number
  /** runs/<id>/models/step-<N>, and the file beside it. */
  model: string
  note: string
  sources: Sources
  python: string
  environment: string
  /** For a child in the run's environment. */
  variables: Record<string, string>
}

export interface PlaceDeps {
  runs: Runs
  layout: RootLayout
  environments: () => Record<string, EnvironmentView>
}

/** Where everything of a checkpoint is. NOT_FOUND for a run or a checkpoint that is not there. */
export async function placeOf({ runs, layout, environments }: PlaceDeps, id: string, step: number): Promise<RunPlace> {
  const view = runs.view(id)
  if (view === null) throw new AppError('NOT_FOUND', { what: 'run', id })
  const folder = runs.folder(id)
  const spec = await peekJson(runs.file(id, 'spec'), Spec)
  if (spec === null || spec === 'damaged') throw new AppError('NOT_FOUND', { what: 'run', id })
  const checkpoint = join(runs.saves(id), 'checkpoints', `global_step_${step}`)
  const model = join(folder, 'models', `step-${step}`)
  const program = pythonOf(view, spec.argv, environments())
  // A recipe's patches to verl are on the path of the run, and its merger needs them as well.
  const { PYTHONPATH } = spec.env
  return {
    view,
    saves: runs.saves(id),
    checkpoint,
    step,
    model,
    note: `${model}.json`,
    sources: placed(sourcesOf(trainerArgv(spec.argv)), spec.cwd),
    python: program,
    environment: view.environment ?? '',
    variables: childEnvironment({
      ...bytecodeCache(layout),
      HF_HUB_OFFLINE: '1',
      TOKENIZERS_PARALLELISM: 'false',
      ...(PYTHONPATH === undefined ? {} : { PYTHONPATH }),
    }),
  }
}

/** Files were named from where the trainer ran. */
function placed({ base, validation, reward, loraAlpha }: Sources, cwd: string): Sources {
  const at = (path: string | null) => (path === null ? null : resolve(cwd, path))
  return {
    base: at(base),
    validation: at(validation),
    reward: reward === null ? null : { ...reward, file: resolve(cwd, reward.file) },
    loraAlpha,
  }
}

/** The environment's, if it is still there, else the one that the run was started with. */
function pythonOf(view: RunView, argv: string[], environments: Record<string, EnvironmentView>): string {
  const environment = view.environment === null ? undefined : environments[view.environment]
  if (environment?.status === 'ready') return environment.program
  const [first = ''] = argv
  if (isAbsolute(first) && basename(first).startsWith('python')) return first
  throw new AppError('RUN_NEEDS_ENVIRONMENT', { recipe: view.environment ?? '-' })
}

export async function readNote({ note, model }: Pick<RunPlace, 'note' | 'model'>): Promise<ModelNote | null> {
  const found = await peekJson(note, ModelNote)
  const whole = await stat(join(model, 'config.json')).catch(() => null)
  return found === null || found === 'damaged' || whole === null ? null : found
}

/** Steps of the checkpoints in the folder that a run saves in, oldest first; whether they are whole is seen when one is used. */
export async function checkpointSteps(folder: string): Promise<number[]> {
  const names = await readdir(join(folder, 'checkpoints')).catch(() => [])
  return names
    .map((name) => /^global_step_(\d+)$/.exec(name)?.[1])
    .filter((text) => text !== undefined)
    .map(Number)
    .sort((a, b) => a - b)
}

/** Bytes that the model of a checkpoint may take: its weights as they are saved, of all ranks. */
export async function weightBytes(checkpoint: string): Promise<number> {
  const sizes = await Promise.all(
    [checkpoint, join(checkpoint, 'actor'), join(checkpoint, 'model')].map(async (folder) => {
      const names = await readdir(folder).catch(() => [])
      const weights = names.filter((name) => /^model_world_size_.*\.pt$|\.safetensors$/.test(name))
      return (await Promise.all(weights.map((name) => sizeOf(join(folder, name))))).reduce((sum, one) => sum + one, 0)
    }),
  )
  return sizes.reduce((sum, one) => sum + one, 0)
}
