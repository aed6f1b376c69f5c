import { load } from 'js-yaml'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { PhaseId } from '#contract'

/** What the log so far says; a plain value that is kept between starts of the core. */
export const LogSoFar = z.object({
  offset: z.number(),
  attempt: z.number().int(),
  phase: PhaseId,
  since: z.number(),
  movedAt: z.number().nullable(),
  /** As the trainer itself says. */
  totalSteps: z.number().int().nullable(),
  /** Updates that verl left out because their gradient was not finite (workers/actor/dp_actor.py). */
  badGradients: z.number().int(),
})
export type LogSoFar = z.infer<typeof LogSoFar>

export const beginLog = (attempt: number, now: number): LogSoFar => ({
  offset: 0,
  attempt,
  phase: 'start',
  since: now,
  movedAt: null,
  totalSteps: null,
  badGradients: 0,
})

export interface PhaseRule {
  phase: PhaseId
  pattern: RegExp
}

const PhaseFile = z.object({ phases: z.array(z.object({ phase: PhaseId, pattern: z.string() })) })

export async function loadPhases(resources: string): Promise<PhaseRule[]> {
  const { phases } = PhaseFile.parse(load(await readFile(join(resources, 'verl', 'phases.yaml'), 'utf8')))
  return phases.map(({ phase, pattern }) => ({ phase, pattern: new RegExp(pattern) }))
}

// eslint-disable-next-line no-control-regex -- colours of a terminal
const dress = /\u001b\[[0-9;?]*[A-Za-z]|^\(\S+ pid=\d+(?:, ip=[\d.]+)?\)\s*/g
const late: readonly PhaseId[] = ['steps', 'save', 'end']
const training: readonly PhaseId[] = ['rollout', ...late]

/** A line of output, without colours, Ray's prefix, and what a progress bar wrote before it. */
export function plainLine(line: string): string {
  const shown = line.slice(line.lastIndexOf('\r') + 1)
  return shown
    .replaceAll(dress, '')
    .replace(/^\(\S+ pid=\d+(?:, ip=[\d.]+)?\)\s*/, '')
    .trimEnd()
}

/** One line more, at a time (ms). */
export function withLine(before: LogSoFar, line: string, at: number, rules: readonly PhaseRule[]): LogSoFar {
  const text = plainLine(line.trimEnd())
  if (text === '') return before
  const total = text.includes('Total') ? /Total training steps: (\d+)/.exec(text)?.[1] : undefined
  const next = total === undefined ? before : { ...before, totalSteps: Number(total) }
  if (text.includes('grad_norm is not finite')) return { ...next, badGradients: next.badGradients + 1 }
  // A worker's words may come late, through Ray: nothing goes back once training has begun.
  const started = training.includes(next.phase)
  const found = rules.find(({ phase, pattern }) => (!started || late.includes(phase)) && pattern.test(text))?.phase
  return found === undefined || found === next.phase ? next : { ...next, phase: found, since: at }
}

const badGradient = Buffer.from('grad_norm is not finite')
const anyStep = Buffer.from('step:')

/**
 * Whole lines of a stretch that is too long to be read: a core that comes back to a run of days. What is counted is
 * found, and of the steps the last line, which says that there were any.
 */
export function withSkimmed(before: LogSoFar, bytes: Buffer, at: number, rules: readonly PhaseRule[]): LogSoFar {
  let badGradients = before.badGradients
  for (let index = bytes.indexOf(badGradient); index !== -1; index = bytes.indexOf(badGradient, index + 1))
    badGradients += 1
  const log = { ...before, badGradients }
  const step = bytes.lastIndexOf(anyStep)
  if (step === -1) return log
  const end = bytes.indexOf(0x0a, step)
  const line = bytes.subarray(bytes.lastIndexOf(0x0a, step) + 1, end === -1 ? bytes.length : end)
  return withLine(log, line.toString('utf8'), at, rules)
}
