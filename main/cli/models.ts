import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import type { AskReport, Asked, Client } from '#contract'
import { AppError } from '#core'
import { followJob } from './follow'
import { sayError, type Say } from './words'

export interface ModelsCommand {
  client: Client
  say: Say
  print: (line: string) => void
  options: ModelsOptions
}

export interface ModelsOptions {
  step?: number
  row: number[]
  question: string[]
  maxTokens: number
}

interface Answer {
  value: unknown
  code: number
}

type Action = (command: ModelsCommand, run: string, folder: string | undefined) => Promise<Answer>

/** Each `launchpad models` action: what it prints, what it answers to a machine, and the exit code. */
const actions: Record<string, Action> = {
  merge: async (command, id) => {
    const step = await stepOf(command, id)
    const { value, code } = await work(command, (requestId) => command.client.runs.merge({ requestId, id, step }))
    const found = (await command.client.runs.checkpoints({ id })).find((one) => one.step === step)
    if (code === 0 && found?.model != null) command.print(found.model)
    return { value: { job: value, model: found?.model ?? null }, code }
  },
  export: async (command, id, folder) => {
    if (folder === undefined) throw new AppError('BAD_INPUT', { detail: 'models export <run> <folder>' })
    const step = await stepOf(command, id)
    const target = resolve(folder)
    const asked = { id, step, folder: target }
    const { value, code } = await work(command, (requestId) => command.client.runs.export({ requestId, ...asked }))
    if (code === 0) command.print(target)
    return { value: { job: value, folder: target }, code }
  },
  ask,
}
export const modelsActions = Object.keys(actions)

export async function modelsCommand(
  command: ModelsCommand,
  action: string,
  run: string | undefined,
  folder: string | undefined,
): Promise<Answer> {
  const found = actions[action]
  if (found === undefined || run === undefined)
    throw new AppError('BAD_INPUT', { detail: `models (${modelsActions.join(' | ')}) <run>` })
  return found(command, run, folder)
}

/** The one that is named, else the newest whole one. */
async function stepOf({ client, options }: ModelsCommand, id: string): Promise<number> {
  if (options.step !== undefined) return options.step
  const whole = (await client.runs.checkpoints({ id })).filter((checkpoint) => checkpoint.whole)
  const newest = whole.reduce<number | null>((most, { step }) => Math.max(most ?? 0, step), null)
  if (newest === null) throw new AppError('NOT_FOUND', { what: 'checkpoint', id })
  return newest
}

async function ask({ client, say, print, options }: ModelsCommand, id: string): Promise<Answer> {
  const { row, question, step = null, maxTokens } = options
  // Asked nothing, the first rows of the validation are as good as any.
  const rows = row.length === 0 && question.length === 0 ? [0, 1, 2] : row
  let report: AskReport | null = null
  for await (const event of await client.runs.ask({ id, step, rows, questions: question, maxTokens })) {
    if (event.kind === 'result') report = event.value
    else print(`${event.done}/${event.total ?? '?'}`)
  }
  if (report === null) throw new AppError('INTERNAL', { detail: 'no report' })
  for (const asked of report.answers) askedLines(asked).forEach(print)
  for (const { code, params } of report.findings) print(say(`finding.${code}`, params))
  return { value: report, code: 0 }
}

function askedLines({ row, question, truth, base, trained }: Asked): string[] {
  const head = `${row === null ? '?' : `#${row}`}  ${question}${truth === null ? '' : `  [${truth}]`}`
  const lines = Object.entries({ base, trained }).map(([name, given]) => {
    if (given === null) return `  ${name.padEnd(8)} -`
    return `  ${name.padEnd(8)} ${given.score === null ? '' : `(${given.score}) `}${given.text}`
  })
  return [head, ...lines, '']
}

async function work(
  { client, say, print }: ModelsCommand,
  start: (requestId: string) => Promise<{ job: string; joined: boolean }>,
): Promise<Answer> {
  const { job: id, joined } = await start(randomUUID())
  const job = await followJob(client, id, joined, say, print)
  if (job.error !== null) print(sayError(say, job.error))
  for (const { findings } of job.steps) for (const { code, params } of findings) print(say(`finding.${code}`, params))
  return { value: job, code: job.status === 'done' ? 0 : job.status === 'cancelled' ? 130 : 1 }
}
