import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { PreparedCard, type DataRef } from '#contract'
import { CARD } from '../dataset/prepared'
import { fitPreset, loadPresets } from '../dataset/recipe/presets'
import { AppError } from '../errors'
import { digestOf } from '../jobs/journal'
import type { Step, StepContext } from '../jobs/step'
import { peekJson, removeIfThere, writeJson } from '../state/atomic-file'
import { digestFiles, everyExists, type Place } from './place'

const Made = z.object({ train: z.number(), test: z.number() })
const ModelCard = z.object({ parameters: z.number() })

export const readDatasetCard = (place: Place) => readCard(place.dataset.folder, CARD, PreparedCard)
export const readModelCard = (place: Place) => readCard(place.model, 'launchpad-model.json', ModelCard)

async function readCard<T>(folder: string, name: string, schema: z.ZodType<T>): Promise<T | null> {
  const value = await peekJson(join(folder, name), schema)
  return value === 'damaged' ? null : value
}

/** The problems, given or made on the spot, as parquet that verl reads. */
export function dataStep(place: Place): Step {
  const { deps, options } = place
  const given = place.asked.data
  const maker = join(deps.resources, 'practice', 'make_problems.py')
  const sources =
    given === null
      ? [maker, join(deps.resources, 'practice', 'templates.json')]
      : ['train.jsonl', 'test.jsonl'].map((name) => join(given, name))
  return {
    id: 'data',
    subject: 'practice',
    async inputs() {
      const inputs = { source: await digestFiles(sources), made: given === null ? options.problems : null, layout: 2 }
      const digest = digestOf(inputs)
      place.dataset = {
        digest,
        folder: join(deps.layout.datasets, given === null ? 'practice' : 'gsm8k', digest.slice(0, 16)),
      }
      return inputs
    },
    verify: async () => (await everyExists([place.train(), place.test()])) && (await readDatasetCard(place)) !== null,
    async run(context) {
      await mkdir(place.dataset.folder, { recursive: true })
      const problems = given ?? join(place.dataset.folder, 'problems')
      if (given === null) {
        const { seed, train, test } = options.problems
        await place.call(context, Made, maker, [
          '--seed',
          `${seed}`,
          '--train',
          `${train}`,
          '--test',
          `${test}`,
          '--out',
          problems,
        ])
      }
      const [data, test] = ['train.jsonl', 'test.jsonl'].map((name) => lines(join(problems, name)))
      if (data === undefined || test === undefined) throw new Error('two names give two')
      const recipe = await gsm8kRecipe(deps.resources)
      const watched = {
        signal: context.signal,
        progress: (done: number, total: number | null) =>
          context.progress({ done, total, unit: 'rows', what: place.dataset.folder }),
      }
      const folder = place.dataset.folder
      const { rows: _, ...facts } = await deps.worker.call('write', { data, test, recipe, ask: null, folder }, watched)
      const name = given === null ? 'practice' : 'gsm8k'
      const card: PreparedCard = { version: 2, name, recipe, ...facts, repository: null, proof: null, at: Date.now() }
      await writeJson(join(folder, CARD), card)
    },
  }
}

const lines = (path: string): DataRef => ({ paths: [path], config: null, split: null, badLines: 'stop' })

/** The preset as it stands: the columns are question and answer. */
async function gsm8kRecipe(resources: string) {
  const preset = (await loadPresets(resources)).find((one) => one.preset === 'gsm8k')
  if (preset === undefined) throw new AppError('INTERNAL', { detail: 'the preset of GSM8K is gone' })
  return { ...fitPreset(preset, (path) => path === 'question' || path === 'answer'), split: { kind: 'given' as const } }
}

/** A model of a million parameters, taught the form of an answer, in the layout a downloaded one has. */
export function modelStep(place: Place): Step {
  const { deps, options } = place
  const maker = place.script('make_practice_model.py')
  return {
    id: 'model',
    subject: 'practice',
    async inputs() {
      const script = await digestFiles([maker])
      const inputs = { dataset: place.dataset.digest, script, recipe: digestOf(deps.recipe), seed: options.seed }
      place.model = join(deps.layout.models, `practice-${digestOf(inputs).slice(0, 16)}`)
      return inputs
    },
    verify: async () =>
      (await readModelCard(place)) !== null &&
      (await everyExists(
        ['config.json', 'tokenizer.json', 'model.safetensors'].map((name) => join(place.model, name)),
      )),
    async run(context) {
      const making = `${place.model}.making`
      await removeIfThere(making)
      const made = await place.call(context, ModelCard, maker, [
        '--train',
        place.train(),
        '--out',
        making,
        '--seed',
        `${options.seed}`,
      ])
      await writeJson(join(making, 'launchpad-model.json'), made)
      await removeIfThere(place.model)
      await rename(making, place.model)
    },
  }
}

/** Columns, template, lengths and reward are checked inside the environment before anything trains. */
export function preflightStep(place: Place): Step {
  const { job, options } = place
  return {
    id: 'preflight',
    subject: job.id,
    inputs: () => Promise.resolve({ dataset: place.dataset.digest, model: place.model, options }),
    verify: () => Promise.resolve(true),
    async run(context) {
      const failed: string[] = []
      const finding: StepContext['finding'] = (seen) => {
        context.finding(seen)
        if (seen.severity === 'error') failed.push(seen.code)
      }
      const limits = [
        '--max-prompt-length',
        `${options.maxPromptLength}`,
        '--max-response-length',
        `${options.maxResponseLength}`,
      ]
      const args = ['--model', place.model, '--train', place.train(), '--val', place.test(), ...limits]
      try {
        await place.call({ ...context, finding }, z.unknown(), place.script('preflight.py'), args)
      } catch (thrown) {
        throw failed.length > 0 ? new AppError('PREFLIGHT_FAILED', { checks: failed.join(', ') }, thrown) : thrown
      }
    },
  }
}
