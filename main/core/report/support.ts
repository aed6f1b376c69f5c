import type { JobView, Projection, RunView } from '#contract'
import { indented, machineLines, shortened } from './parts'
import { redact, type Private } from './redact'

export interface SupportFacts {
  state: Projection
  /** Of the program that the core runs in. */
  node: string
  uptimeSeconds: number
  freeBytes: number | null
  /** What each native library does when it is tried. */
  native: string[]
  /** What died last, as `launchpad diagnose` reports it; null: nothing did. */
  diagnosis: string | null
  /** The end of the core's own log. */
  log: string
}

const LONGEST = 60_000
const [RUNS, JOBS, LOG_LINES] = [10, 5, 40]

/** Everything that somebody who helps would ask for, in one text to read before it is sent. In English, nothing private. */
export function supportText(facts: SupportFacts, own: Private): string {
  const { state, diagnosis, log } = facts
  const parts = [
    appLines(facts),
    part('Native libraries', facts.native),
    machineLines(state.machine),
    part('What the machine check found', state.machine?.findings.map(({ code, params }) => said(code, params)) ?? []),
    part('Environments', Object.values(state.environments).map(environmentLine)),
    part('Last jobs', newest(Object.values(state.jobs), ({ startedAt }) => startedAt, JOBS).map(jobLine)),
    part('Last runs', newest(Object.values(state.runs), ({ createdAt }) => createdAt, RUNS).map(runLine)),
    part('The newest crash', diagnosis?.trimEnd().split('\n') ?? []),
    part("The end of the app's log", log.trimEnd().split('\n').filter(Boolean).slice(-LOG_LINES)),
  ]
  const text = parts.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))
  return shortened(redact(text.join('\n\n'), own), LONGEST)
}

const part = (title: string, lines: readonly string[]) => (lines.length === 0 ? [] : [`${title}:`, ...indented(lines)])

const newest = <T>(all: T[], at: (one: T) => number, most: number) => all.sort((a, b) => at(b) - at(a)).slice(0, most)

const said = (code: string, params: object) => `${code} ${JSON.stringify(params)}`

function appLines({ state, node, uptimeSeconds, freeBytes }: SupportFacts): string[] {
  const { info, settings } = state
  const { language, network, downloads } = settings
  return [
    `Verl Launchpad ${info.version}, support report of ${new Date().toISOString()}`,
    ...indented([
      `${info.platform}, Node ${node}, up for ${Math.round(uptimeSeconds)} s`,
      `data folder ${info.root}, ${freeBytes === null ? '?' : (freeBytes / 1e9).toFixed(1)} GB free`,
      `language ${language ?? 'of the system'}, network ${JSON.stringify(network)}, downloads ${JSON.stringify(downloads)}`,
      ...info.findings.map(({ code, params }) => said(code, params)),
    ]),
  ]
}

function environmentLine({ id, kind, recipe, status, python, probe }: Projection['environments'][string]): string {
  return `${id}: ${kind}, ${recipe ?? 'no recipe'}, ${status}, Python ${python ?? '?'}${probe === null ? ', not looked at' : ''}`
}

const jobLine = ({ asked, status, error }: JobView) =>
  `${asked.kind}: ${status}${error === null ? '' : `, ${said(error.code, error.params)}`}`

const runLine = ({ id, trainer, status, lastStep, plannedSteps, exit, verdict }: RunView) =>
  [
    `${id}: ${trainer}, ${status}, step ${lastStep ?? '-'} of ${plannedSteps ?? '-'}`,
    ...(exit === null ? [] : [`exit code ${exit.code ?? '-'}, signal ${exit.signal ?? '-'}`]),
    ...(verdict?.title == null ? [] : [verdict.title.en]),
  ].join(', ')
