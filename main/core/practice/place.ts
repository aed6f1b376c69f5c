import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type * as z from 'zod'
import type { DatasetWorker } from '../dataset/worker/client'
import { environmentId } from '../env/recipe'
import { prefixPython, type EnvironmentDeps } from '../env/workshop'
import type { Recipe } from '../env/recipe'
import { AppError } from '../errors'
import type { JobAsk, MachineReport } from '#contract'
import type { JobHandle } from '../jobs/jobs'
import type { StepContext } from '../jobs/step'
import { sha256Of } from '../net/fetch-file'
import { bytecodeCache, childEnvironment } from '../proc/environment'
import { runScript } from '../proc/script'
import type { Runs } from '../train/runs'
import { practiceOptions, type PracticeOptions } from './options'

export interface PracticeDeps extends EnvironmentDeps {
  recipe: Recipe
  runs: Runs
  worker: DatasetWorker
  measure: () => Promise<MachineReport>
}

export type PracticeAsk = Extract<JobAsk, { kind: 'practice' }>

/** Everything practice uses lies on the disk: a hub that does not answer must not make it wait. */
export const offline = { HF_HUB_OFFLINE: '1', TOKENIZERS_PARALLELISM: 'false' }

/** One practice: where its parts are. Data and model are named by what they are made from, as the steps learn it. */
export interface Place {
  deps: PracticeDeps
  job: JobHandle
  asked: PracticeAsk
  options: PracticeOptions
  environment: string
  python: string
  dataset: { folder: string; digest: string }
  model: string
  script(name: string): string
  train(): string
  test(): string
  /** Runs one of our scripts with the environment's Python; its result is checked against `result`. */
  call<T>(context: StepContext, result: z.ZodType<T>, file: string, args: string[]): Promise<T>
}

export function openPlace(deps: PracticeDeps, job: JobHandle, asked: PracticeAsk): Place {
  const environment = environmentId(deps.recipe)
  const python = prefixPython(join(deps.layout.environments, environment, 'prefix'))
  const place: Place = {
    deps,
    job,
    asked,
    options: practiceOptions(asked),
    environment,
    python,
    dataset: { folder: '', digest: '' },
    model: '',
    script: (name) => join(deps.resources, 'python', name),
    train: () => join(place.dataset.folder, 'train.parquet'),
    test: () => join(place.dataset.folder, 'test.parquet'),
    call: (context, result, file, args) =>
      runScript({
        name: file,
        result,
        argv: [python, file, ...args],
        cwd: deps.layout.root,
        signal: context.signal,
        environment: childEnvironment({ ...bytecodeCache(deps.layout), ...offline }),
        onLine: context.log,
        onStart: context.onStart,
        onFinding: context.finding,
        onProgress: context.progress,
      }),
  }
  return place
}

/** Digests of files; DATA_UNREADABLE names the one that cannot be read. */
export async function digestFiles(files: string[]): Promise<string[]> {
  return Promise.all(
    files.map((file) =>
      sha256Of(file).catch((thrown: unknown) => {
        throw new AppError(
          'DATA_UNREADABLE',
          { file, detail: thrown instanceof Error ? thrown.message : String(thrown) },
          thrown,
        )
      }),
    ),
  )
}

export async function everyExists(paths: string[]): Promise<boolean> {
  const there = await Promise.all(
    paths.map((path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    ),
  )
  return there.every(Boolean)
}
