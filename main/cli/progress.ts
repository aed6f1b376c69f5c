import type { JobView, Progress, StepView } from '#contract'
import { bytes, duration } from './format'
import type { Say } from './words'

/** A line about a running step is printed anew at most this often, for people who read a log file. */
const REPEAT_MS = 5_000

/**
 * Prints what changes in a job: each step as it begins and ends, and its counts in between. Lines
 * only, no cursor tricks: the same output is right in a terminal, a pipe and a log file.
 */
export function createProgressPrinter(say: Say, print: (line: string) => void) {
  const shown = new Map<string, StepView['status']>()
  let lastLine = ''
  let lastAt = 0
  return (job: JobView) => {
    for (const [index, step] of job.steps.entries()) {
      const name = `[${index + 1}/${job.steps.length}] ${say(`steps.${step.id}`)}`
      if (shown.get(step.id) !== step.status) {
        if (step.status === 'running') print(name)
        else if (step.status !== 'waiting') print(`${name}: ${say(`stepStatus.${step.status}`)}${took(step)}`)
        shown.set(step.id, step.status)
      }
      if (step.status !== 'running' || step.progress === null) continue
      const line = `      ${describe(say, step.progress)}`
      if (line === lastLine || Date.now() - lastAt < REPEAT_MS) continue
      print(line)
      lastLine = line
      lastAt = Date.now()
    }
  }
}

function took(step: StepView): string {
  if (step.status === 'kept' || step.startedAt === null || step.endedAt === null) return ''
  return ` (${duration(step.endedAt - step.startedAt)})`
}

/** "1.2 MB / 180 MB, 9.8 MB/s  torch 2.13.0 (host)" */
function describe(say: Say, { done, total, unit, rate, what }: Progress): string {
  const count = (value: number) => (unit === 'bytes' ? bytes(value) : String(value))
  const parts = [total === null ? count(done) : `${count(done)} / ${count(total)}`]
  if (unit !== 'bytes') parts[0] += ` ${say(`units.${unit}`)}`
  if (rate !== null && rate > 0)
    parts.push(unit === 'bytes' ? `${bytes(rate)}/s` : `${rate.toFixed(rate < 10 ? 2 : 0)}/s`)
  return parts.join(', ') + (what === null ? '' : `  ${what}`)
}
