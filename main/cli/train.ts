import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import type { Client, PlanRequest, Projection, RunRequest, RunView } from '#contract'
import { applyChange } from '#contract/apply-change'
import { AppError, toAppError } from '#core'
import { planRequest, type PlanOptions } from './plan'
import type { Say } from './words'

export interface TrainOptions extends PlanOptions {
  name?: string
  steps?: number
  environment?: string
  restarts: number
  cluster?: string
  shared?: string
  detach?: boolean
}

/** What the command line asks for: a command of one's own behind "--", a plan by its options, or the plan that the page shows. */
export async function runRequest(client: Client, options: TrainOptions, words: string[]): Promise<RunRequest> {
  const { environment = null, restarts, cluster, shared } = options
  const common = {
    ...{ environment, restarts },
    cluster: cluster === undefined ? null : { address: cluster, shared: shared === undefined ? null : resolve(shared) },
  }
  if (words.length > 0) {
    const work = { kind: 'command' as const, argv: words, cwd: process.cwd(), env: {}, steps: options.steps ?? null }
    return { ...common, name: options.name ?? words[0] ?? 'command', work }
  }
  const plan = await plannedFor(client, options)
  const work = { kind: 'plan' as const, plan, steps: options.steps ?? null }
  return { ...common, name: options.name ?? plan.model.split('/').at(-1) ?? 'run', work }
}

async function plannedFor(client: Client, options: TrainOptions): Promise<PlanRequest> {
  const given = options.data !== undefined || options.import !== undefined
  const kept = (await client.snapshot()).plan
  if (!given && kept === null)
    throw new AppError('BAD_INPUT', { detail: '--model and --data, or a plan made in the page' })
  return given || kept === null ? planRequest(client, options) : kept
}

/** Starts it and, unless it is to be left alone, follows it to its end. Ctrl-C stops following, never the run. */
export async function train(
  client: Client,
  request: RunRequest,
  detach: boolean,
  say: Say,
  print: (line: string) => void,
): Promise<RunView> {
  const { run } = await client.runs.start({ requestId: randomUUID(), request })
  print(`${run}  ${request.name}`)
  if (!detach) process.on('SIGINT', () => leave(run, print))
  return followRun(client, run, detach, say, print)
}

function leave(run: string, print: (line: string) => void): never {
  print(`\nIt goes on. To look: launchpad runs show ${run}   To end it: launchpad runs stop ${run}`)
  process.exit(0)
}

async function followRun(
  client: Client,
  id: string,
  detach: boolean,
  say: Say,
  print: (line: string) => void,
): Promise<RunView> {
  let state: Projection | null = null
  let last = ''
  for await (const event of await client.watch()) {
    state = event.kind === 'snapshot' ? event.state : state && event.changes.reduce(applyChange, state)
    const run = state?.runs[id]
    if (run === undefined) continue
    const line = lineOf(run, say)
    if (line !== last) print(line)
    last = line
    if (run.endedAt !== null || (detach && run.status !== 'starting')) return run
  }
  throw toAppError(new Error('the connection to the core ended'))
}

/** What is worth a line: another part of the start, another step, the end. */
function lineOf(run: RunView, say: Say): string {
  const status = say(`runStatus.${run.status}`)
  if (run.lastStep === null || run.lastStep === 0) return `${status}${run.phase === null ? '' : `: ${run.phase.id}`}`
  const reward = run.lastReward === null ? '' : `  reward ${run.lastReward.toFixed(4)}`
  const best = run.best === null ? '' : `  best ${run.best.value.toFixed(4)}`
  return `${status}: step ${run.lastStep} / ${run.plannedSteps ?? '?'}${reward}${best}`
}
