import { randomUUID } from 'node:crypto'
import type { CheckpointView, Client, RunView, StopMode } from '#contract'
import { AppError } from '#core'
import { bytes, table } from './format'
import { runLines } from './show'
import { terminalLanguage, type Say } from './words'

export interface RunsCommand {
  client: Client
  say: Say
  print: (line: string) => void
  options: RunsOptions
}

export interface RunsOptions {
  now?: boolean
  afterCheckpoint?: boolean
  step?: number
  validation?: boolean
  unpin?: boolean
}

/** The whole log as it was written, colours and all. */
export async function printLog(client: Client, id: string): Promise<number> {
  for (let from = 0; ;) {
    const chunk = await client.runs.readLog({ id, from, max: 1024 * 1024 })
    process.stdout.write(chunk.text)
    if (chunk.next === from) return 0
    from = chunk.next
  }
}

type Action = (command: RunsCommand, id: string, more: string | undefined) => Promise<unknown>

/** Each `launchpad runs` action: what it prints, and what it answers to a machine. */
const actions: Record<string, Action> = {
  show: async ({ client, say, print }, id) => {
    const run = await runOf(client, id)
    for (const line of oneRun(run, say)) print(line)
    return { run, details: await client.runs.details({ id }) }
  },
  stop: async ({ client, options }, id) => {
    const mode: StopMode = options.now === true ? 'now' : options.afterCheckpoint === true ? 'checkpoint' : 'staged'
    await client.runs.stop({ id, mode })
    return { id, mode }
  },
  'go-on': async ({ client }, id) => {
    await client.runs.goOn({ id })
    return { id }
  },
  resume: ({ client, options }, id) => client.runs.resume({ requestId: randomUUID(), id, step: options.step ?? null }),
  first: async ({ client }, id) => {
    await client.runs.first({ id })
    return { id }
  },
  rename: async ({ client }, id, name) => {
    await client.runs.rename({ id, name: name ?? '' })
    return { id, name }
  },
  rm: async ({ client }, id) => {
    await client.runs.remove({ id })
    return { id }
  },
  checkpoints: async ({ client, print }, id) => {
    const found = await client.runs.checkpoints({ id })
    for (const line of checkpointLines(found)) print(line)
    return found
  },
  pin: async ({ client, print, options }, id, step) => {
    const found = await client.runs.pin({ id, step: Number(step), pinned: options.unpin !== true })
    for (const line of checkpointLines(found)) print(line)
    return found
  },
  samples: async ({ client, print, options }, id) => {
    const kind = options.validation === true ? 'validation' : 'train'
    const asked = { id, kind, step: options.step ?? null, prompt: null, minScore: null, maxScore: null } as const
    const page = await client.runs.samples({ ...asked, offset: 0, limit: 10 })
    for (const { step, score, prompt, answer, truth } of page.samples)
      print(
        `--- step ${step}  score ${score ?? '-'}  truth ${truth ?? '-'}\n${prompt.trimEnd()}\n>>> ${answer.trimEnd()}`,
      )
    return page
  },
}
export const runsActions = ['list', 'log', ...Object.keys(actions)]

export async function runsCommand(
  command: RunsCommand,
  action: string,
  id: string | undefined,
  more: string | undefined,
): Promise<unknown> {
  if (action === 'list') {
    const { runs, settings } = await command.client.snapshot()
    const language = terminalLanguage(settings.language)
    for (const line of runLines(Object.values(runs), command.say, language)) command.print(line)
    return Object.values(runs)
  }
  // The word of earlier versions.
  const found = actions[action === 'remove' ? 'rm' : action]
  if (found === undefined || id === undefined)
    throw new AppError('BAD_INPUT', { detail: `runs (${runsActions.join(' | ')}) <run>` })
  return found(command, id, more)
}

async function runOf(client: Client, id: string): Promise<RunView> {
  const run = (await client.snapshot()).runs[id]
  if (run === undefined) throw new AppError('NOT_FOUND', { what: 'run', id })
  return run
}

function oneRun(run: RunView, say: Say): string[] {
  const { phase, best, attempts, queued } = run
  const rows: [string, string][] = [
    ['status', say(`runStatus.${run.status}`) + (queued === null ? '' : ` (${queued})`)],
    ['phase', phase === null ? '-' : `${phase.id}, ${Math.round((Date.now() - phase.since) / 1000)} s`],
    ['step', `${run.lastStep ?? '-'} / ${run.plannedSteps ?? '?'}`],
    ['reward', run.lastReward === null ? '-' : run.lastReward.toFixed(4)],
    ['best', best === null ? '-' : `${best.value.toFixed(4)} at step ${best.step} (${best.key})`],
    ['checkpoint', `${run.checkpoint ?? '-'}`],
    ['attempts', `${attempts.length}`],
    ['folder', run.folder],
  ]
  return [
    `${run.id}  ${run.name}`,
    ...table(rows),
    ...run.findings.map(({ code, params }) => `! ${say(`finding.${code}`, params)}`),
  ]
}

function checkpointLines(found: readonly CheckpointView[]): string[] {
  if (found.length === 0) return ['-']
  return table(
    found.map((one) => [
      `step ${one.step}`,
      bytes(one.bytes),
      one.score === null ? '-' : one.score.value.toFixed(4),
      [
        one.whole ? '' : 'not whole',
        one.newest ? 'newest' : '',
        one.best ? 'best' : '',
        one.pinned ? 'pinned' : '',
        one.adapter ? 'adapter' : '',
        one.model === null ? '' : `model ${one.model}`,
      ]
        .filter(Boolean)
        .join(', '),
    ]),
  )
}
