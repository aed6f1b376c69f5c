import { filled, type Cause, type Diagnosis, type MachineReport, type ManualEntry, type RunView } from '#contract'
import { indented, machineLines, shortened } from '../report/parts'
import { redact, type Private } from '../report/redact'

export interface ReportFacts {
  found: Diagnosis
  manual: readonly ManualEntry[]
  machine: MachineReport | null
  /** Of one of our runs: its view and options. */
  run: { view: RunView; options: Record<string, unknown> } | null
  version: string
}

/** A report stays readable, and fits into an issue of a public tracker. */
const LONGEST = 24_000

/** For somebody who was not there: what died of what, where, on which machine. In English, and without what is private. */
export function reportText(facts: ReportFacts, own: Private): string {
  const { found, manual, machine, run, version } = facts
  const parts = [
    [`Verl Launchpad ${version}: ${found.status}`],
    found.root === null ? [] : causeLines('Root cause', found.root, manual),
    ...found.others.slice(0, 3).map((cause) => causeLines('Also seen', cause, manual)),
    found.excerpt === null ? [] : ['Excerpt:', ...indented(found.excerpt.text.split('\n'))],
    machineLines(machine),
    run === null ? [] : runLines(run),
  ]
  const text = parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
  return shortened(redact(text, own), LONGEST)
}

function causeLines(title: string, cause: Cause, manual: readonly ManualEntry[]): string[] {
  const text = manual.find(({ id }) => id === cause.signature)?.text.en
  const name = text === undefined ? 'not described yet' : filled(text.title, cause.params)
  const { signature, confidence, phase, times, evidence } = cause
  return [
    `${title}: ${name} [${signature ?? '-'}, ${confidence}${phase === null ? '' : `, in ${phase}`}, ${times}x]`,
    ...indented(evidence.map(({ line, text: shown }) => `${line}: ${shown}`)),
  ]
}

function runLines({ view, options }: NonNullable<ReportFacts['run']>): string[] {
  const { trainer, status, lastStep, plannedSteps, attempts, exit } = view
  return [
    'Run:',
    ...indented([
      `${trainer}, ${status}, step ${lastStep ?? '-'} of ${plannedSteps ?? '-'}, attempt ${attempts.length}`,
      `exit code ${exit?.code ?? '-'}, signal ${exit?.signal ?? '-'}`,
      ...Object.entries(options).map(([key, value]) => `${key}=${String(value)}`),
    ]),
  ]
}
