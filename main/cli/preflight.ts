import { homedir } from 'node:os'
import {
  preflightAreas,
  type Client,
  type PreflightFinding,
  type PreflightReport,
  type PreflightRequest,
} from '#contract'
import { AppError, readScript } from '#core'
import { readInput } from './input'
import { readText } from './plan'
import { runRequest, type TrainOptions } from './train'
import type { Say } from './words'

export interface PreflightOptions extends Omit<TrainOptions, 'gpu' | 'restarts'> {
  /** A file, or "-" for the input. */
  script?: string
  /** commander gives --gpu ID and --no-gpu one name. */
  gpu?: string | boolean
}

/** What is to be checked: a script somebody wrote, or what `launchpad train` would start. */
export async function preflightRequest(
  client: Client,
  { gpu, ...options }: PreflightOptions,
  words: string[],
): Promise<PreflightRequest> {
  const planned = { ...options, restarts: 0, ...(typeof gpu === 'string' ? { gpu } : {}) }
  const asked = { gpu: gpu !== false }
  if (options.script === undefined) {
    const request = await runRequest(client, { ...planned, restarts: 0 }, words)
    const { work } = request
    const environment =
      work.kind === 'command' && request.environment === null ? await environmentOf(client) : request.environment
    return { ...request, ...asked, environment }
  }
  const text = options.script === '-' ? await readInput() : await readText(options.script)
  const { argv, env } = readScript(text, { HOME: homedir() })
  return {
    name: 'script',
    work: { kind: 'command', argv, cwd: process.cwd(), env, steps: null },
    environment: options.environment ?? (await environmentOf(client)),
    restarts: 0,
    cluster: null,
    ...asked,
  }
}

/** The newest environment with verl that can be used; RUN_NEEDS_ENVIRONMENT when there is none. */
async function environmentOf(client: Client): Promise<string> {
  const { environments } = await client.snapshot()
  const ready = Object.values(environments).filter(
    ({ status, packages }) => status === 'ready' && packages.some(({ name }) => name === 'verl'),
  )
  const found = ready.filter(({ current }) => current).at(-1) ?? ready.at(-1)
  if (found === undefined) throw new AppError('RUN_NEEDS_ENVIRONMENT', { recipe: 'verl' })
  return found.id
}

/** Follows the check to its report. */
export async function preflight(client: Client, request: PreflightRequest): Promise<PreflightReport> {
  for await (const event of await client.runs.preflight(request)) if (event.kind === 'result') return event.value
  throw new AppError('CANCELLED')
}

const signs = { error: '✗', warning: '!', info: 'i' } as const

export function preflightLines(report: PreflightReport, say: Say): string[] {
  const lines = preflightAreas.flatMap((area) => {
    const looked = report.areas.find((one) => one.area === area)
    const state = looked?.state ?? 'skipped'
    const why = looked?.params['reason']
    const reason = why === undefined ? '' : ` (${say(`preflightTerminal.reasons.${why}`)})`
    const findings = report.findings.filter((finding) => finding.area === area)
    const head = `${say(`preflightTerminal.areas.${area}`)}: ${say(`preflightTerminal.states.${state}`)}${reason}`
    return [head, ...findings.flatMap((finding) => findingLines(finding, say))]
  })
  const errors = report.findings.filter(({ severity }) => severity === 'error').length
  const params = {
    count: errors,
    verl: report.verl === null ? report.environment : `verl ${report.verl}`,
    seconds: report.seconds.toFixed(1),
  }
  return [...lines, '', say(`preflightTerminal.${report.passed ? 'passed' : 'failed'}`, params)]
}

function findingLines({ code, severity, params, keys, remedy }: PreflightFinding, say: Say): string[] {
  const about = keys.length === 0 ? '' : `${keys.join(', ')}: `
  const mend =
    remedy === null
      ? []
      : [`    → ${say(`preflightTerminal.${remedy.change}`, { key: remedy.key ?? '', value: remedy.value ?? '' })}`]
  return [`  ${signs[severity]} ${about}${say(`finding.${code}`, params)}  [${code}]`, ...mend]
}

/** For machines: the report with its sentences. */
export const preflightJson = (report: PreflightReport, say: Say) => ({
  ...report,
  findings: report.findings.map((finding) => ({ ...finding, message: say(`finding.${finding.code}`, finding.params) })),
})
