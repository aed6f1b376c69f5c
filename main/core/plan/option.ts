import type { Params } from '#contract'
import type { VerlDefaults } from './knowledge'
import type { Choice, Situation } from './choice'

/** All that options are made from. */
export interface OptionContext extends Situation {
  choice: Choice
  /** verl's own defaults, which also say under which name this version has an option. */
  defaults: VerlDefaults
  schedule: Schedule
  /** CPUs of the machine, as Ray would count them. */
  threads: number
}

/** When the run saves and tests; from the rows, the batch and the space there is. */
export interface Schedule {
  epochs: number
  /** null: the data is not known yet. */
  steps: number | null
  /** -1: never, there is no room. */
  saveEvery: number
  checkpointBytes: number
}

/**
 * One option of the trainer: its value for a choice with the rule it follows, and, where a choice follows from
 * it, the way back: what a value set by hand makes of the choice. `read` returns null for a text that is none.
 */
export interface OptionRow {
  key: string
  value: string
  rule: string
  params?: Params
  read?: (choice: Choice, text: string) => Choice | null
}

/** The first of these names that this version of verl has; the last one when it has none, to be added. */
export const named = ({ defaults }: OptionContext, ...keys: string[]): string =>
  keys.find((key) => key in defaults) ?? keys.at(-1) ?? ''

export const yes = (value: boolean): string => (value ? 'True' : 'False')

const whole = (text: string): number | null => (/^\d+$/.test(text.trim()) ? Number(text) : null)

/** Reads a positive whole number into a field. */
export const count =
  (field: 'batch' | 'mini' | 'n' | 'promptTokens' | 'responseTokens' | 'micro' | 'logProbMicro' | 'sequences') =>
  (choice: Choice, text: string): Choice | null => {
    const number = whole(text)
    return number === null || number < 1 ? null : { ...choice, [field]: number }
  }

export const flag =
  (field: 'kl' | 'offloadParams' | 'offloadOptimizer' | 'checkpointing') =>
  (choice: Choice, text: string): Choice | null =>
    /^true$/i.test(text) ? { ...choice, [field]: true } : /^false$/i.test(text) ? { ...choice, [field]: false } : null

/** verl's spellings (verl/utils/torch_dtypes.py). */
export const dtype = (choice: Choice, text: string): Choice | null => {
  if (/^(bf16|bfloat16)$/.test(text)) return { ...choice, dtype: 'bfloat16' }
  if (/^(fp16|float16|16)$/.test(text)) return { ...choice, dtype: 'float16' }
  return /^(fp32|float32|32)$/.test(text) ? { ...choice, dtype: 'float32' } : null
}

export const attention = (choice: Choice, text: string): Choice | null =>
  text === 'sdpa' || text === 'eager' ? { ...choice, attention: text } : null

export const rank = (choice: Choice, text: string): Choice | null => {
  const number = whole(text)
  return number === null ? null : { ...choice, loraRank: number }
}
