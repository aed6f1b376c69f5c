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
  const total = /Total training steps: (\d+)/.exec(text)?.[1]
  const next = total === undefined ? before : { ...before, totalSteps: Number(total) }
  if (text.includes('grad_norm is not finite')) return { ...next, badGradients: next.badGradients + 1 }
  const found = rules.find(({ pattern }) => pattern.test(text))?.phase
  if (found === undefined || found === next.phase) return next
  if (late.includes(next.phase) && !late.includes(found)) return next
  return { ...next, phase: found, since: at }
}
