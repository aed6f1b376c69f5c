import type { MemoryPart, MemorySide, Plan } from '#contract'
import { bareKey } from './options'

/** What holds memory, from what stays to what comes and goes; the order in the bars. */
export const partOrder = [
  'context',
  'weights',
  'reference',
  'critic',
  'optimizer',
  'gradients',
  'activations',
  'logits',
  'engine',
  'kvCache',
  'bucket',
] as const satisfies readonly MemoryPart[]

/** The parts that hold anything in any phase, with the most each ever holds. */
export function partsOf({ phases }: MemorySide): { part: MemoryPart; mostBytes: number }[] {
  return partOrder
    .map((part) => ({ part, mostBytes: Math.max(0, ...phases.map(({ parts }) => parts[part] ?? 0)) }))
    .filter(({ mostBytes }) => mostBytes > 0)
}

/** How far a bar can reach: the whole card, or beyond it where the plan does. */
export const scaleOf = ({ capacityBytes, peakBytes }: MemorySide): number => Math.max(capacityBytes, peakBytes, 1)

export interface Summary {
  lora: number | null
  precision: string | null
  rollout: string | null
}

/** Where the options say how it computes, the most telling first; a recipe has one or another of them. */
const precisionKeys = [
  'actor_rollout_ref.actor.fsdp_config.dtype',
  'actor_rollout_ref.actor.fsdp_config.mixed_precision.param_dtype',
  'actor_rollout_ref.rollout.dtype',
  'actor_rollout_ref.actor.fsdp_config.model_dtype',
]
const longNames: Record<string, string> = { fp32: 'float32', bf16: 'bfloat16', fp16: 'float16' }

/** The plan in three words for its headline. */
export function summaryOf(plan: Plan): Summary {
  const values = new Map(plan.overrides.map(({ key, value }) => [bareKey(key), value]))
  const rank = Number(values.get('actor_rollout_ref.model.lora_rank') ?? 0)
  const precision = precisionKeys.map((key) => values.get(key)).find((value) => value !== undefined) ?? null
  return {
    lora: rank > 0 ? rank : null,
    precision: precision === null ? null : (longNames[precision] ?? precision),
    rollout: values.get('actor_rollout_ref.rollout.name') ?? null,
  }
}

/** An argument as a shell has to be given it. */
const quoted = (argument: string): string =>
  /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`

/** The whole command as it can be pasted: variables first, then one argument a line. */
export function commandText({ env, command }: Plan): string {
  const variables = env.map(({ key, value }) => `${key}=${quoted(value)}`)
  const lines: string[][] = [[]]
  for (const argument of command) {
    // Hydra's arguments are whole; a flag has its value beside it.
    if (argument.includes('=') || argument.startsWith('--')) lines.push([])
    lines.at(-1)?.push(quoted(argument))
  }
  return [...variables, ...lines.map((words) => words.join(' '))].join(' \\\n  ')
}
