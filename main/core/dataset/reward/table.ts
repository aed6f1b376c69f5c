import { RewardRule, type Finding } from '#contract'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { load } from 'js-yaml'
import * as z from 'zod'
import { AppError } from '../../errors'
import type { Score } from '../types'
import { gsm8k } from './rules/gsm8k'
import { mathDapo } from './rules/math-dapo'
import { mathReward } from './rules/math-reward'
import type { Rule, RuleOptions } from './rules/rule'
import { searchQa } from './rules/search-qa'

/** Rules in TypeScript by their id; every other one is verl's alone. */
const builtIn: Readonly<Record<string, Rule>> = {
  gsm8k,
  math_reward: mathReward,
  math_dapo: mathDapo,
  search_r1_like_qa_em: searchQa,
}

const Entry = RewardRule.extend({
  /** The file of verl. */
  source: z.string(),
  /** An answer that the rule reads; `{truth}` is the truth. */
  form: z.string(),
  /** What a solution holds if such a rule finds an answer in it; for rules that are not in TypeScript. */
  marker: z.string(),
  earlier: z
    .array(
      z.object({
        upTo: z.string(),
        dataSources: RewardRule.shape.dataSources.optional(),
        options: z.record(z.string(), z.boolean()).optional(),
      }),
    )
    .default([]),
})
type Entry = z.infer<typeof Entry>
const RewardTable = z.object({ newest: z.string(), rules: z.array(Entry) })

export interface Rewards {
  rules: RewardRule[]
  /** The rule that verl takes for a data source; null: verl raises NotImplementedError. */
  ruleFor(dataSource: string): RewardRule | null
  /** As verl scores it. Errors: REWARD_NEEDS_ENVIRONMENT for a rule that is not `builtIn`. */
  score(ruleId: string, truth: string, completion: string): Score
  /** A completion that is right if data and rule fit: the solution where the rule finds an answer in it, else the truth in the rule's form. */
  gold(ruleId: string, truth: string, solution: string | null): string
  /** Why it does not have the full score, a REWARD_* code; null: it has it, or the rule is not `builtIn`. */
  why(ruleId: string, truth: string, completion: string): Finding | null
}

/**
 * The table of rewards, resources/verl/rewards.yaml, with its rules.
 * @param verl score as this version does; null: the newest that the table knows.
 */
export async function loadRewards(resources: string, verl: string | null = null): Promise<Rewards> {
  const text = await readFile(join(resources, 'verl', 'rewards.yaml'), 'utf8')
  const table = RewardTable.parse(load(text))
  return rewardsOf(table.rules.map((entry) => asOf(entry, verl ?? table.newest)))
}

type EntryOfVersion = Entry & { options: RuleOptions }

/** The first `earlier` that reaches up to this version says what is different. */
function asOf(entry: Entry, verl: string): EntryOfVersion {
  const older = entry.earlier.find((one) => verl.localeCompare(one.upTo, 'en', { numeric: true }) <= 0)
  return { ...entry, dataSources: older?.dataSources ?? entry.dataSources, options: older?.options ?? {} }
}

function rewardsOf(entries: readonly EntryOfVersion[]): Rewards {
  const find = (id: string) => {
    const entry = entries.find((one) => one.id === id)
    if (entry === undefined) throw new AppError('REWARD_UNKNOWN', { dataSource: id })
    return entry
  }
  const score = (id: string, truth: string, completion: string): Score => {
    const rule = builtIn[id]
    if (rule === undefined) throw new AppError('REWARD_NEEDS_ENVIRONMENT', { rule: id })
    return rule.score(truth, completion, find(id).options)
  }
  return {
    rules: entries.map((entry) => RewardRule.parse(entry)),
    ruleFor(dataSource) {
      const entry = entries.find((one) => one.dataSources.some((name) => matches(name, dataSource)))
      return entry === undefined ? null : RewardRule.parse(entry)
    },
    score,
    gold(id, truth, solution) {
      const { form, marker } = find(id)
      const finds = (text: string) => (id in builtIn ? score(id, truth, text).found !== null : text.includes(marker))
      if (solution !== null && solution.trim() !== '' && finds(solution)) return solution
      return form.replace('{truth}', () => builtIn[id]?.answerOf?.(truth) ?? truth)
    },
    why(id, truth, completion) {
      const rule = builtIn[id]
      const entry = find(id)
      if (rule === undefined || score(id, truth, completion).score >= entry.right) return null
      return rule.why(truth, completion, entry.options)
    },
  }
}

/** "aime*" stands for every name that begins with "aime". */
const matches = (name: string, dataSource: string) =>
  name.endsWith('*') ? dataSource.startsWith(name.slice(0, -1)) : dataSource === name
