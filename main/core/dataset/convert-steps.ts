import { access, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type * as z from 'zod'
import { PreparedCard, type ConvertRequest, type EnvironmentView, type LibraryItem } from '#contract'
import { AppError, errnoOf } from '../errors'
import { digestOf } from '../jobs/journal'
import type { Step, StepContext } from '../jobs/step'
import { bytecodeCache } from '../proc/environment'
import { peekJson, removeIfThere, syncFolder, writeJson } from '../state/atomic-file'
import type { RootLayout } from '../state/root'
import { CARD } from './prepared'
import { exportRecipe } from './recipe/recipe-file'
import type { WorkContext } from './types'
import type { DatasetWorker } from './worker/client'
import { proveWithVerl } from './write/prove'
import { Written } from './write/written'

export type ConvertAsk = Omit<ConvertRequest, 'requestId'>

export interface ConvertDeps {
  layout: RootLayout
  resources: string
  worker: DatasetWorker
  environments: () => Record<string, EnvironmentView>
  library: () => Record<string, LibraryItem>
  /** The folder of a model that a request names. */
  modelFolder: (model: string) => string
}

const Proof = PreparedCard.shape.proof

/** Same request on the same files: the same folder. */
export async function convertFolder(deps: ConvertDeps, asked: ConvertAsk): Promise<string> {
  if (asked.out !== null) return asked.out
  const identity = await deps.worker.call('identity', { data: asked.data, test: asked.test }, quiet())
  const { recipe, ask } = asked
  return join(deps.layout.datasets, asked.name, digestOf({ identity, recipe, ask, layout: 1 }).slice(0, 12))
}

const quiet = (): WorkContext => ({ signal: new AbortController().signal, progress: () => undefined })

/** Write, read back, let verl read, and only then give it its name: nobody sees a dataset that is half there. */
export function convertSteps(deps: ConvertDeps, asked: ConvertAsk, folder: string): Step[] {
  const making = `${folder}.making`
  const inputs = async () => ({
    asked,
    identity: await deps.worker.call('identity', { data: asked.data, test: asked.test }, quiet()),
  })
  const finished = async () => (await peekJson(join(folder, CARD), PreparedCard).catch(() => null)) !== null
  const written = async (): Promise<Written> => {
    const found = await peekJson(join(making, WRITTEN), Written)
    if (found === null || found === 'damaged') throw new AppError('FILE_DAMAGED', { file: making, setAside: '' })
    return found
  }
  const has = (name: string) => there(join(making, name))
  const steps: (Step | null)[] = [
    {
      id: 'dataset.convert',
      subject: folder,
      inputs,
      verify: async () => (await has(WRITTEN)) || (await finished()),
      async run(context) {
        await refuseStrangers(folder)
        await removeIfThere(making)
        await mkdir(making, { recursive: true })
        const model = asked.ask === null ? null : { ...asked.ask, model: deps.modelFolder(asked.ask.model) }
        const { data, test, recipe } = asked
        const made = await deps.worker.call(
          'write',
          { data, test, recipe, ask: model, folder: making },
          watched(context),
        )
        await writeJson(join(making, WRITTEN), made)
      },
    },
    {
      id: 'dataset.compare',
      subject: folder,
      inputs,
      verify: () => Promise.resolve(true),
      async run(context) {
        if (await finished()) return
        const { rows } = await written()
        await deps.worker.call('readBack', { folder: making, rows }, watched(context))
      },
    },
    asked.environment === null || asked.recipe.layout !== 'rl'
      ? null
      : {
          id: 'dataset.prove',
          subject: folder,
          inputs,
          verify: async () => (await has(PROOF)) || (await finished()),
          async run(context) {
            const proof = await prove(deps, asked, making, await written(), context)
            await writeJson(join(making, PROOF), proof)
          },
        },
    {
      id: 'dataset.keep',
      subject: folder,
      inputs,
      verify: finished,
      async run() {
        const { rows: _, ...facts } = await written()
        const proof = await peekJson(join(making, PROOF), Proof)
        const card: PreparedCard = {
          version: 2,
          name: asked.name,
          recipe: asked.recipe,
          ...facts,
          repository: repositoryOf(asked, deps.library()),
          proof: proof === 'damaged' ? null : proof,
          at: Date.now(),
        }
        await Promise.all([WRITTEN, PROOF].map((name) => rm(join(making, name), { force: true })))
        await writeFile(join(making, 'recipe.yaml'), exportRecipe(asked.recipe, asked.name).text)
        await writeJson(join(making, CARD), card)
        await removeIfThere(folder)
        await rename(making, folder)
        await syncFolder(dirname(folder))
      },
    },
  ]
  return steps.filter((step) => step !== null)
}

const WRITTEN = 'written.json'
const PROOF = 'proof.json'

const watched = (context: StepContext): WorkContext => ({
  signal: context.signal,
  progress: (done, total, unit) => context.progress({ done, total, unit, what: null }),
})

async function prove(
  deps: ConvertDeps,
  asked: ConvertAsk,
  making: string,
  { files }: Written,
  context: StepContext,
): Promise<z.infer<typeof Proof>> {
  const environment = deps.environments()[asked.environment ?? '']
  if (environment?.status !== 'ready')
    throw new AppError('NOT_FOUND', { what: 'environment', id: asked.environment ?? '' })
  const proof = await proveWithVerl({
    python: environment.program,
    resources: deps.resources,
    files: files.map(({ path }) => join(making, path)),
    model: asked.ask === null ? null : deps.modelFolder(asked.ask.model),
    scratch: join(making, 'proof'),
    variables: bytecodeCache(deps.layout),
    signal: context.signal,
    onLine: context.log,
    onStart: context.onStart,
    onFinding: context.finding,
    onProgress: context.progress,
  })
  await removeIfThere(join(making, 'proof'))
  return { ...proof, environment: environment.id }
}

/** A folder of the user's is only taken when it is empty, or holds what we wrote before. */
async function refuseStrangers(folder: string): Promise<void> {
  const names = await readdir(folder).catch((thrown: unknown): string[] => {
    if (errnoOf(thrown) === 'ENOENT') return []
    throw new AppError('NOT_OURS', { path: folder })
  })
  if (names.length > 0 && !names.includes(CARD)) throw new AppError('NOT_OURS', { path: folder })
}

function repositoryOf(asked: ConvertAsk, library: Record<string, LibraryItem>): PreparedCard['repository'] {
  const first = asked.data.paths[0] ?? ''
  const item = Object.values(library).find(({ folder }) => first === folder || first.startsWith(`${folder}/`))
  return item === undefined ? null : { id: item.id, revision: item.revision, commit: item.commit }
}

const there = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )
