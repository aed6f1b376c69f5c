import type { EnvironmentView, Plan, RunRequest, Trainer } from '#contract'
import { join } from 'node:path'
import { AppError } from '../errors'
import type { Planner } from '../plan/planner'
import { runFiles } from './spec'

/** A request as it can be started: what is run with which Python, once the run has a folder. */
export interface Resolved {
  trainer: Trainer
  /** null for a command. */
  plan: Plan | null
  environment: EnvironmentView
  argv: (folder: string) => string[]
  /** What the plan or the user sets; the environment's own variables come below it. `code`: where our scripts lie. */
  env: (folder: string, code?: string) => Record<string, string>
  steps: number | null
  /** Names for a person. */
  model: string | null
  data: string | null
}

export interface ResolveDeps {
  planner: () => Promise<Planner>
  environments: () => Record<string, EnvironmentView>
}

/** RUN_NEEDS_*, PLAN_NOT_RUNNABLE and the planner's own errors, for a request that cannot be started. */
export async function resolveRun(deps: ResolveDeps, request: RunRequest): Promise<Resolved> {
  const { work } = request
  if (work.kind === 'command') {
    const environment = chosen(deps, request.environment, null)
    return {
      trainer: 'command',
      plan: null,
      environment,
      argv: () => work.argv,
      env: () => work.env,
      steps: work.steps,
      model: null,
      data: null,
    }
  }
  const plan = await (await deps.planner()).make(work.plan)
  if (!plan.runnable || plan.trainer === null)
    throw new AppError('PLAN_NOT_RUNNABLE', {
      detail: plan.findings.find(({ severity }) => severity === 'error')?.code ?? '',
    })
  if (plan.data === null) throw new AppError('RUN_NEEDS_DATA')
  if (plan.model.folder === null) throw new AppError('RUN_NEEDS_MODEL', { model: plan.model.name })
  const environment = chosen(deps, request.environment, plan.recipe?.id ?? null)
  const { trainer } = plan
  return {
    trainer,
    plan,
    environment,
    argv: (folder) => {
      const [, ...words] = plan.command.map((word) => placed(word, folder))
      const [script = '', ...options] = words
      if (trainer === 'trl')
        return [environment.program, '-u', join(folder, runFiles.code, script), ...fewerSteps(options, work.steps)]
      return [environment.program, ...words, ...runOptions(folder, work.steps)]
    },
    env: (folder, code) => Object.fromEntries(plan.env.map(({ key, value }) => [key, placed(value, folder, code)])),
    steps: work.steps ?? null,
    model: plan.model.name,
    data: plan.data.name,
  }
}

/** The plan names what it cannot know yet in angle brackets; our scripts and patches lie beside the run, where no update of the app reaches them. */
const placed = (text: string, folder: string, code = join(folder, runFiles.code)) =>
  text.replaceAll('<run>', folder).replaceAll('<resources>', code)

/** What belongs to this very run, in names that every supported verl has (verl/trainer/config/ppo_trainer.yaml). */
function runOptions(folder: string, steps: number | null): string[] {
  return [
    ...(steps === null ? [] : [`trainer.total_training_steps=${steps}`]),
    `trainer.rollout_data_dir=${quoted(join(folder, runFiles.rollouts))}`,
    `trainer.validation_data_dir=${quoted(join(folder, runFiles.validations))}`,
  ]
}

/** What train_trl.py is told twice it takes from the last. The plan's own number stays when it is the smaller one. */
function fewerSteps(options: string[], steps: number | null): string[] {
  const planned = Number(options[options.indexOf('--steps') + 1])
  return steps === null || steps >= planned ? options : [...options, '--steps', String(steps)]
}

/** Hydra's grammar takes a value in single quotes as it is. */
export const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

function chosen({ environments }: ResolveDeps, id: string | null, recipe: string | null): EnvironmentView {
  const all = Object.values(environments())
  if (id !== null) {
    const found = all.find((view) => view.id === id)
    if (found === undefined) throw new AppError('NOT_FOUND', { what: 'environment', id })
    return found
  }
  const ready = all.filter((view) => view.recipe === recipe && view.status === 'ready')
  const found = ready.find(({ current }) => current) ?? ready[0]
  if (found === undefined) throw new AppError('RUN_NEEDS_ENVIRONMENT', { recipe: recipe ?? '-' })
  return found
}
