import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type {
  ConvertRequest,
  DataFacts,
  EnvironmentView,
  JobAsk,
  LibraryItem,
  RewardReport,
  RewardRequest,
  TokenAsk,
  Watched,
} from '#contract'
import type { Started } from '../env/maker'
import { AppError } from '../errors'
import { repoKey } from '../hub/library'
import type { Jobs } from '../jobs/jobs'
import { bytecodeCache } from '../proc/environment'
import { removeIfThere } from '../state/atomic-file'
import { stampedId } from '../state/id'
import type { ProjectionStore } from '../state/projection'
import type { RootLayout } from '../state/root'
import type { Runs } from '../train/runs'
import { convertFolder, convertSteps, type ConvertDeps } from './convert-steps'
import { follow } from './follow'
import { openPrepared, type Prepared } from './prepared'
import { scoreInEnvironment } from './reward/in-environment'
import type { WorkContext } from './types'
import type { Work } from './work'
import { createDatasetWorker, type DatasetWorker } from './worker/client'

type Asked<Name extends keyof Work> = Parameters<Work[Name]>[0]
type Answer<Name extends keyof Work> = Awaited<ReturnType<Work[Name]>>

/** The workbench: questions about data, and the job that writes what verl reads. */
export interface Datasets {
  ask<Name extends keyof Work>(name: Name, input: Asked<Name>, signal: AbortSignal): Promise<Answer<Name>>
  /** The same for what takes a while. */
  watch<Name extends keyof Work>(
    name: Name,
    input: Asked<Name>,
    signal: AbortSignal,
  ): AsyncGenerator<Watched<Answer<Name>>, void>
  reward(request: RewardRequest, signal: AbortSignal): AsyncGenerator<Watched<RewardReport>, void>
  convert(request: ConvertRequest): Promise<Started>
  /** For the plan: prompt lengths with the model of a folder. null: too many rows, or no prompt is recognised. */
  countTokens(data: string, folder: string): Promise<DataFacts | null>
  prepared: Prepared
  worker: DatasetWorker
  dispose(): Promise<void>
}

export interface DatasetsDeps {
  layout: RootLayout
  resources: string
  projection: ProjectionStore
  jobs: Jobs
  runs: Runs
  onFault: (detail: string) => void
}

export async function openDatasets(deps: DatasetsDeps): Promise<Datasets> {
  const { layout, resources, projection, jobs, runs } = deps
  const cache = join(layout.cache, 'data')
  await mkdir(cache, { recursive: true })
  const worker = createDatasetWorker({ resources, cache }, deps.onFault)
  const prepared = await openPrepared({ folder: layout.datasets, projection, runs })
  const modelFolder = (model: string) => folderOfModel(model, projection.read().library)
  const converting: ConvertDeps = {
    layout,
    resources,
    worker,
    environments: () => projection.read().environments,
    library: () => projection.read().library,
    modelFolder,
  }
  /** The worker knows folders only. */
  function placed<Input>(input: Input): Input {
    if (typeof input !== 'object' || input === null || !('ask' in input) || input.ask === null) return input
    const ask = input.ask as TokenAsk
    return { ...input, ask: { ...ask, model: modelFolder(ask.model) } }
  }
  return {
    prepared,
    worker,
    ask: (name, input, signal) => worker.call(name, placed(input), { signal, progress: () => undefined }),
    watch: (name, input, signal) => follow((context) => worker.call(name, placed(input), context), signal),
    reward: (request, signal) => follow((context) => score(deps, worker, cache, request, context), signal),
    async convert({ requestId: _, ...request }) {
      const asked: JobAsk = { kind: 'convert', ...request }
      const folder = await convertFolder(converting, request)
      const claim = `dataset/${folder}`
      const running = jobs.running(claim)
      if (running !== null) return { job: running, joined: true }
      const id = jobs.interrupted(asked) ?? `convert-${stampedId()}`
      jobs.start({
        id,
        asked,
        claims: [claim],
        steps: () => convertSteps(converting, request, folder),
        onEnd: () => void prepared.refresh(),
      })
      return { job: id, joined: false }
    },
    async countTokens(data, folder) {
      const quiet: WorkContext = { signal: new AbortController().signal, progress: () => undefined }
      // What cannot be counted is estimated, and what cannot be read the plan says itself.
      return worker.call('planFacts', { data, folder }, quiet).catch(() => null)
    },
    dispose: worker.dispose,
  }
}

/** A key of the library, an id that is in it, or a folder. */
function folderOfModel(model: string, library: Record<string, LibraryItem>): string {
  return (library[model] ?? library[repoKey('model', model)])?.folder ?? model
}

/** Built-in rules are scored by the worker; verl itself and a function of the user's by the environment's Python. */
async function score(
  { resources, layout, projection }: DatasetsDeps,
  worker: DatasetWorker,
  cache: string,
  request: RewardRequest,
  context: WorkContext,
): Promise<RewardReport> {
  const { scorer } = request
  if (scorer.kind === 'rule') return worker.call('reward', request, context)
  const environment: EnvironmentView | undefined = projection.read().environments[scorer.environment]
  if (environment?.status !== 'ready') throw new AppError('NOT_FOUND', { what: 'environment', id: scorer.environment })
  const scratch = join(cache, `reward-${randomUUID()}`)
  const [items, out] = [join(scratch, 'items.jsonl'), join(scratch, 'scores.jsonl')]
  try {
    await mkdir(scratch)
    await worker.call('rewardItems', { request, file: items }, context)
    await scoreInEnvironment({
      python: environment.program,
      resources,
      scorer,
      items,
      out,
      variables: bytecodeCache(layout),
      signal: context.signal,
      onProgress: ({ done, total }) => context.progress(done, total, 'rows'),
    })
    return await worker.call('rewardReport', { request, items, scores: out }, context)
  } finally {
    await removeIfThere(scratch)
  }
}
