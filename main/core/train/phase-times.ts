import * as z from 'zod'
import type { PhaseId } from '#contract'
import { peekJson, writeJson } from '../state/atomic-file'
import type { RunSpec } from './spec'

/** How long the parts of a start took in past runs of the same recipe. Losing the file costs a few runs of learning. */
export interface PhaseTimes {
  add(spec: RunSpec, phase: PhaseId, seconds: number): void
  /** Median; null: never seen. */
  usual(spec: RunSpec, phase: PhaseId): number | null
}

const Times = z.record(z.string(), z.array(z.number()))
const KEPT = 9

export async function openPhaseTimes(file: string): Promise<PhaseTimes> {
  const found = await peekJson(file, Times)
  const times = found === null || found === 'damaged' ? {} : found
  const key = ({ recipe, trainer }: RunSpec, phase: PhaseId) => `${recipe ?? trainer}/${phase}`
  return {
    add(spec, phase, seconds) {
      // Steps last as long as the training; how long that is, its own steps say.
      if (phase === 'steps' || phase === 'end') return
      const name = key(spec, phase)
      times[name] = [...(times[name] ?? []), Math.round(seconds * 10) / 10].slice(-KEPT)
      void writeJson(file, times).catch(() => undefined)
    },
    usual(spec, phase) {
      const known = [...(times[key(spec, phase)] ?? [])].sort((a, b) => a - b)
      return known[Math.floor(known.length / 2)] ?? null
    },
  }
}
