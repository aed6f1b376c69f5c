import { join } from 'node:path'
import type { MetricPoint, PracticeReport, RunView } from '#contract'
import { AppError } from '../errors'
import { Closing } from '../jobs/jobs'
import type { Step, StepContext } from '../jobs/step'
import { bytecodeCache } from '../proc/environment'
import type { Launch } from '../train/launch'
import { readMetrics } from '../train/read-log'
import { isOver } from '../train/status'
import { readDatasetCard, readModelCard } from './make'
import { offline, type Place } from './place'

/** Starts the run of this job, or attaches to it if it went on while no core was there. */
export function trainStep(place: Place): Step {
  const { deps, job, options } = place
  return {
    id: 'train',
    subject: job.id,
    inputs: () =>
      Promise.resolve({ dataset: place.dataset.digest, model: place.model, options, steps: place.asked.steps }),
    verify: async () => (await trainedPoints(place)).length > 0,
    async run(context) {
      let run = job.view().run
      const before = run === null ? null : deps.runs.view(run)
      // One that broke is not worth attaching to: it is started anew.
      if (run === null || before === null || (isOver(before.status) && before.status !== 'finished')) {
        run = await deps.runs.start(launchOf(place))
        await job.setRun(run)
      }
      await follow(place, run, context)
    },
  }
}

export function reportStep(place: Place): Step {
  const { deps, job } = place
  return {
    id: 'report',
    subject: job.id,
    inputs: () => Promise.resolve(job.view().run),
    verify: () => Promise.resolve(job.view().report !== null),
    async run() {
      const run = job.view().run ?? ''
      const points = await trainedPoints(place)
      const [data, model] = [await readDatasetCard(place), await readModelCard(place)]
      const column = (key: string) => points.flatMap((point) => point.data[key] ?? [])
      const report: PracticeReport = {
        steps: points.length,
        rewards: column(REWARD),
        lengths: column('response_length/mean'),
        run,
        runFolder: join(deps.layout.runs, run),
        environment: place.environment,
        model: { path: place.model, parameters: model?.parameters ?? 0 },
        data: {
          path: place.dataset.folder,
          train: data?.train.written ?? 0,
          test: data?.test?.written ?? 0,
          source: place.asked.data === null ? 'made' : 'given',
        },
        seconds: Math.round((Date.now() - job.view().startedAt) / 1000),
      }
      job.setReport(report)
    },
  }
}

const REWARD = 'critic/rewards/mean'

/** The steps that were trained; the trainer also writes a line for each validation, which is none. */
async function trainedPoints({ deps, job }: Place): Promise<MetricPoint[]> {
  const run = job.view().run
  if (run === null || deps.runs.view(run) === null) return []
  const { points } = await readMetrics(deps.runs.file(run, 'metrics'), 0)
  return points.filter(({ data }) => REWARD in data)
}

function launchOf(place: Place): Omit<Launch, 'runs' | 'resources'> {
  const { deps, options, python } = place
  const { problems: _made, ...shown } = options
  const argv = (folder: string) => [
    ...[python, '-u', join(folder, 'code', 'train_trl.py')],
    ...['--model', place.model, '--train', place.train(), '--val', place.test()],
    ...['--output', join(folder, 'output'), '--metrics', join(folder, 'metrics.jsonl')],
    ...['--steps', `${place.asked.steps}`, '--seed', `${options.seed}`, '--train-max-samples', `${options.trainRows}`],
    ...['--num-generations', `${options.numGenerations}`, '--batch-size', `${options.batchSize}`],
    ...['--max-prompt-length', `${options.maxPromptLength}`, '--max-response-length', `${options.maxResponseLength}`],
    ...[
      '--learning-rate',
      `${options.learningRate}`,
      '--temperature',
      `${options.temperature}`,
      '--beta',
      `${options.beta}`,
    ],
  ]
  return {
    python,
    argv,
    name: 'practice',
    trainer: 'trl',
    plannedSteps: place.asked.steps,
    env: () => ({ ...bytecodeCache(deps.layout), ...offline, FORCE_COLOR: '1' }),
    options: { ...shown, steps: place.asked.steps },
    digests: { data: place.dataset.digest },
  }
}

/** Waits for the run. Stopping the job stops the run; the core going away leaves it alone. */
async function follow({ deps: { runs }, asked }: Place, run: string, context: StepContext): Promise<void> {
  const onLook = (view: RunView) =>
    context.progress({ done: view.lastStep ?? 0, total: asked.steps, unit: 'steps', what: null })
  const end = await runs.ended(run, context.signal, onLook).catch(async (thrown: unknown) => {
    if (context.signal.aborted && !(context.signal.reason instanceof Closing)) {
      await runs.stop(run, 'staged')
      // Stopped means that nothing of it is left, not that it was asked to stop.
      await runs.ended(run, new AbortController().signal, onLook)
    }
    throw thrown
  })
  if (end.status !== 'finished') throw new AppError('TRAINING_FAILED', { exit: exitOf(end), run })
}

function exitOf({ status, exit }: RunView): string {
  if (status === 'lost' || exit === null) return 'no exit file'
  return exit.signal === null ? `code ${exit.code ?? '?'}` : `signal ${exit.signal}`
}
