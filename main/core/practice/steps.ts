import { access, mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import type { MachineReport, PracticeReport } from '#contract'
import { readProblems } from '../dataset/read-problems'
import { writeParquet } from '../dataset/write-parquet'
import { environmentId, environmentPython, environmentSteps, type EnvironmentDeps } from '../env/steps'
import type { Recipe } from '../env/recipe'
import { AppError } from '../errors'
import { Closing, type JobHandle } from '../jobs/jobs'
import { digestOf } from '../jobs/journal'
import type { Step, StepContext } from '../jobs/step'
import { sha256Of } from '../net/fetch-file'
import { bytecodeCache, childEnvironment } from '../proc/environment'
import { runScript } from '../proc/script'
import { peekJson, removeIfThere, writeJson } from '../state/atomic-file'
import { readMetrics } from '../train/read-log'
import { isOver } from '../train/status'
import type { Runs } from '../train/runs'
import { practiceOptions, type PracticeOptions } from './options'

export interface PracticeDeps extends EnvironmentDeps {
  recipe: Recipe
  runs: Runs
  measure: () => Promise<MachineReport>
}

const Made = z.object({ train: z.number(), test: z.number() })
const Model = z.object({ parameters: z.number() })
const DatasetCard = z.object({ version: z.literal(1), source: z.enum(['made', 'given']), from: z.string(), train: z.number(), test: z.number() })

/** Everything practice uses lies on the disk: a hub that does not answer must not make it wait. */
const offline = { HF_HUB_OFFLINE: '1', TOKENIZERS_PARALLELISM: 'false' }

/** The whole job in steps: machine, environment, data, model, preflight, training, report. */
export function practiceSteps(deps: PracticeDeps, job: JobHandle): Step[] {
  const environment = environmentId(deps.recipe)
  const python = environmentPython(deps.layout, environment)
  const script = (name: string) => join(deps.resources, 'python', name)
  const options = practiceOptions(job.input)
  const started = job.view().startedAt
  let dataset = { folder: '', digest: '' }
  let model = ''

  const call = <T>(context: StepContext, result: z.ZodType<T>, file: string, args: string[]) =>
    runScript({
      name: file, result, argv: [python, file, ...args], cwd: deps.layout.root, signal: context.signal,
      environment: childEnvironment({ ...bytecodeCache(deps.layout), ...offline }),
      onLine: context.log, onStart: context.onStart, onFinding: context.finding,
      onProgress: (progress) => context.progress(progress),
    })
  const trainFile = () => join(dataset.folder, 'train.parquet')
  const testFile = () => join(dataset.folder, 'test.parquet')

  const machine: Step = {
    id: 'machine',
    subject: job.id,
    inputs: () => Promise.resolve(Date.now()), // never kept: disks fill and cards come and go
    verify: () => Promise.resolve(true),
    run: async () => void (await deps.measure()),
  }

  const data: Step = {
    id: 'data',
    subject: 'practice',
    async inputs() {
      const given = job.input.data
      const source = given === null ? await digestFiles([join(deps.resources, 'practice', 'make_problems.py'), join(deps.resources, 'practice', 'templates.json')]) : await digestFiles([join(given, 'train.jsonl'), join(given, 'test.jsonl')])
      const inputs = { source, made: given === null ? options.problems : null, layout: 1 }
      dataset = { digest: digestOf(inputs), folder: join(deps.layout.datasets, given === null ? 'practice' : 'gsm8k', digestOf(inputs).slice(0, 16)) }
      return inputs
    },
    verify: async () => (await everyExists([trainFile(), testFile()])) && (await card(dataset.folder)) !== null,
    async run(context) {
      await mkdir(dataset.folder, { recursive: true })
      const problems = job.input.data ?? join(dataset.folder, 'problems')
      if (job.input.data === null) {
        const { seed, train, test } = options.problems
        await call(context, Made, join(deps.resources, 'practice', 'make_problems.py'), ['--seed', String(seed), '--train', String(train), '--test', String(test), '--out', problems])
      }
      const counts: number[] = []
      for (const [split, target] of [['train', trainFile()], ['test', testFile()]] as const) {
        const rows = await readProblems(join(problems, `${split}.jsonl`), split)
        await writeParquet(rows, target)
        counts.push(rows.length)
        context.progress({ done: counts.length, total: 2, unit: 'items', what: target })
      }
      const source = job.input.data === null ? 'made' : 'given'
      await writeJson(join(dataset.folder, 'card.json'), { version: 1, source, from: problems, train: counts[0], test: counts[1] })
    },
  }

  const makeModel: Step = {
    id: 'model',
    subject: 'practice',
    async inputs() {
      const inputs = { dataset: dataset.digest, script: await digestFiles([script('make_practice_model.py')]), recipe: digestOf(deps.recipe), seed: options.seed }
      model = join(deps.layout.models, `practice-${digestOf(inputs).slice(0, 16)}`)
      return inputs
    },
    verify: async () => (await modelCard(model)) !== null && (await everyExists(['config.json', 'tokenizer.json', 'model.safetensors'].map((name) => join(model, name)))),
    async run(context) {
      const making = `${model}.making`
      await removeIfThere(making)
      const made = await call(context, Model, script('make_practice_model.py'), ['--train', trainFile(), '--out', making, '--seed', String(options.seed)])
      await writeJson(join(making, 'launchpad-model.json'), { parameters: made.parameters })
      await rm(model, { recursive: true, force: true })
      await rename(making, model)
    },
  }

  const preflight: Step = {
    id: 'preflight',
    subject: job.id,
    inputs: () => Promise.resolve({ dataset, model, options }),
    verify: () => Promise.resolve(true),
    async run(context) {
      const bad: string[] = []
      const finding: StepContext['finding'] = (seen) => {
        context.finding(seen)
        if (seen.severity === 'error') bad.push(seen.code)
      }
      const limits = ['--max-prompt-length', String(options.maxPromptLength), '--max-response-length', String(options.maxResponseLength)]
      await call({ ...context, finding }, z.unknown(), script('preflight.py'), ['--model', model, '--train', trainFile(), '--val', testFile(), ...limits]).catch((thrown: unknown) => {
        throw bad.length > 0 ? new AppError('PREFLIGHT_FAILED', { checks: bad.join(', ') }, thrown) : thrown
      })
    },
  }

  const train: Step = {
    id: 'train',
    subject: job.id,
    inputs: () => Promise.resolve({ dataset: dataset.digest, model, options, steps: job.input.steps }),
    verify: async () => (await trained(deps.runs, job)) > 0,
    async run(context) {
      let run = job.view().run
      const before = run === null ? null : deps.runs.view(run)
      // A run that went on while the core was gone is attached to; one that broke is started anew.
      if (run === null || before === null || (isOver(before.status) && before.status !== 'finished')) {
        run = await deps.runs.start(launchOf(deps, job, options, python, { dataset, model, train: trainFile(), test: testFile() }))
        await job.setRun(run)
      }
      await follow(deps.runs, job, run, context)
    },
  }

  const report: Step = {
    id: 'report',
    subject: job.id,
    inputs: () => Promise.resolve(job.view().run),
    verify: () => Promise.resolve(job.view().report !== null),
    async run() {
      const run = job.view().run ?? ''
      const { points } = await readMetrics(deps.runs.file(run, 'metrics'), 0)
      const [made, parameters] = [await card(dataset.folder), await modelCard(model)]
      const column = (key: string) => points.flatMap(({ data }) => data[key] ?? [])
      const value: PracticeReport = {
        steps: points.filter(({ data }) => 'critic/rewards/mean' in data).length,
        rewards: column('critic/rewards/mean'),
        lengths: column('response_length/mean'),
        run,
        runFolder: join(deps.layout.runs, run),
        environment,
        model: { path: model, parameters: parameters?.parameters ?? 0 },
        data: { path: dataset.folder, train: made?.train ?? 0, test: made?.test ?? 0, source: made?.source ?? 'made' },
        seconds: Math.round((Date.now() - started) / 1000),
      }
      job.setReport(value)
    },
  }

  return [machine, ...environmentSteps(deps, deps.recipe), data, makeModel, preflight, train, report]
}

interface Parts {
  dataset: { digest: string }
  model: string
  train: string
  test: string
}

function launchOf(deps: PracticeDeps, job: JobHandle, options: PracticeOptions, python: string, parts: Parts): Parameters<Runs['start']>[0] {
  const argv = (folder: string) => [
    python, '-u', join(folder, 'code', 'train_trl.py'),
    '--model', parts.model, '--train', parts.train, '--val', parts.test,
    '--output', join(folder, 'output'), '--metrics', join(folder, 'metrics.jsonl'),
    '--steps', String(job.input.steps), '--seed', String(options.seed), '--train-max-samples', String(options.trainRows),
    '--num-generations', String(options.numGenerations), '--batch-size', String(options.batchSize),
    '--max-prompt-length', String(options.maxPromptLength), '--max-response-length', String(options.maxResponseLength),
    '--learning-rate', String(options.learningRate), '--temperature', String(options.temperature), '--beta', String(options.beta),
  ]
  const { problems: _problems, ...shown } = options
  return {
    python, argv, name: 'practice', trainer: 'trl', plannedSteps: job.input.steps,
    env: { ...bytecodeCache(deps.layout), ...offline, FORCE_COLOR: '1' },
    options: { ...shown, steps: job.input.steps },
    digests: { data: parts.dataset.digest },
  }
}

/** Waits for the run. Stopping the job stops the run; the core going away leaves it alone. */
async function follow(runs: Runs, job: JobHandle, run: string, context: StepContext): Promise<void> {
  const onLook = (view: { lastStep: number | null }) =>
    context.progress({ done: view.lastStep ?? 0, total: job.input.steps, unit: 'steps', what: null })
  const end = await runs.ended(run, context.signal, onLook).catch(async (thrown: unknown) => {
    if (context.signal.aborted && !(context.signal.reason instanceof Closing)) {
      await runs.stop(run, 'staged')
      // Stopped means that nothing of it is left, not that it was asked to stop.
      await runs.ended(run, new AbortController().signal, onLook)
    }
    throw thrown
  })
  if (end.status === 'finished') return
  const exit = end.status === 'lost' ? 'no exit file' : end.exit?.signal != null ? `signal ${end.exit.signal}` : `code ${end.exit?.code ?? '?'}`
  throw new AppError('TRAINING_FAILED', { exit, run })
}

async function trained(runs: Runs, job: JobHandle): Promise<number> {
  const run = job.view().run
  if (run === null || runs.view(run) === null) return 0
  return (await readMetrics(runs.file(run, 'metrics'), 0)).points.filter(({ data }) => 'critic/rewards/mean' in data).length
}

async function digestFiles(files: string[]): Promise<string[]> {
  return Promise.all(
    files.map((file) =>
      sha256Of(file).catch((thrown: unknown) => {
        throw new AppError('DATA_UNREADABLE', { file, detail: thrown instanceof Error ? thrown.message : String(thrown) }, thrown)
      }),
    ),
  )
}

async function card(folder: string): Promise<z.infer<typeof DatasetCard> | null> {
  const value = await peekJson(join(folder, 'card.json'), DatasetCard)
  return value === 'damaged' ? null : value
}

async function modelCard(folder: string): Promise<z.infer<typeof Model> | null> {
  const value = await peekJson(join(folder, 'launchpad-model.json'), Model)
  return value === 'damaged' ? null : value
}

async function everyExists(paths: string[]): Promise<boolean> {
  const there = await Promise.all(paths.map((path) => access(path).then(() => true, () => false)))
  return there.every(Boolean)
}
