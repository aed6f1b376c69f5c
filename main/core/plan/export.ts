import { PlanRequest, type Language, type Plan, type PlanExportFormat, type PlannedValue } from '#contract'
import { dump, load } from 'js-yaml'
import { AppError } from '../errors'
import { createSay, type Say } from '../report/say'

/** The line of an exported file that holds the request, so that the plan can be made again from it. */
const MARK = 'launchpad-plan:'

/** The plan as a file for people, which `importPlan` reads back. The reasons are in `language`. */
export async function exportPlan(request: PlanRequest, plan: Plan, format: PlanExportFormat, language: Language) {
  const say = await createSay(language)
  const name = `plan-${(plan.model.name.split('/').at(-1) ?? 'model').replaceAll(/[^\w.-]/g, '_')}.${format}`
  const made = { sh: asShell, yaml: asYaml, json: asJson }[format]
  return { name, text: made(request, plan, say) }
}

const reason = (say: Say, { rule, params }: PlannedValue): string => say(`rule.${rule}`, params)

/** Words for a POSIX shell; what stands in <angle brackets> is for the reader to fill in. */
const quoted = (word: string): string => (/^[\w./=+:-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)

function head(request: PlanRequest, plan: Plan): string[] {
  return [
    `# ${plan.model.name}, ${plan.algorithm}, ${plan.device?.name ?? '-'}, ${plan.recipe?.id ?? '-'}`,
    `# ${MARK} ${JSON.stringify(request)}`,
  ]
}

function asShell(request: PlanRequest, plan: Plan, say: Say): string {
  const argv = plan.trainer === 'trl' ? ['python3', 'train_trl.py'] : plan.command.slice(0, 3)
  const words =
    plan.trainer === 'trl'
      ? plan.overrides.map(({ key, value }) => `--${key} ${quoted(value)}`)
      : plan.command.slice(3).map(quoted)
  return [
    '#!/bin/sh',
    ...head(request, plan),
    '',
    ...plan.env.flatMap((row) => [`# ${reason(say, row)}`, `export ${row.key}=${quoted(row.value)}`]),
    '',
    '# Why each option has its value:',
    ...plan.overrides.map((row) => `#   ${row.key} = ${row.value}: ${reason(say, row)}`),
    '',
    `exec ${argv.join(' ')} \\`,
    words.map((word) => `  ${word}`).join(' \\\n'),
    '',
  ].join('\n')
}

function asYaml(request: PlanRequest, plan: Plan, say: Say): string {
  const rows = (values: PlannedValue[], line: (row: PlannedValue) => string) =>
    values.flatMap((row) => [`  # ${reason(say, row)}`, `  ${line(row)}`])
  const scalar = (text: string) => dump(text, { lineWidth: -1 }).trimEnd()
  const words =
    plan.trainer === 'trl' ? plan.overrides.map(({ key, value }) => `--${key}=${value}`) : plan.command.slice(3)
  return [
    ...head(request, plan),
    'env:',
    ...rows(plan.env, ({ key, value }) => `${key}: ${scalar(value)}`),
    '# Hydra overrides, one a line, as verl.trainer.main_ppo takes them.',
    'overrides:',
    ...rows(plan.overrides, (row) => `- ${scalar(words[plan.overrides.indexOf(row)] ?? '')}`),
    '',
  ].join('\n')
}

function asJson(request: PlanRequest, plan: Plan, say: Say): string {
  const why = (rows: PlannedValue[]) => rows.map((row) => ({ ...row, reason: reason(say, row) }))
  return (
    JSON.stringify({ request, plan: { ...plan, overrides: why(plan.overrides), env: why(plan.env) } }, null, 2) + '\n'
  )
}

/** The request in an exported file of any form. PLAN_UNREADABLE when there is none, or it is damaged. */
export function importPlan(text: string): PlanRequest {
  const bad = (detail: string) => new AppError('PLAN_UNREADABLE', { detail })
  const marked = text.split('\n').find((line) => line.startsWith(`# ${MARK}`))
  let found: unknown
  try {
    found = marked === undefined ? load(text) : JSON.parse(marked.slice(`# ${MARK}`.length))
  } catch (thrown) {
    throw bad(thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown))
  }
  const inside = typeof found === 'object' && found !== null && 'request' in found ? found.request : found
  const request = PlanRequest.safeParse(inside)
  if (request.success) return request.data
  const issue = request.error.issues[0]
  throw bad(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`)
}
