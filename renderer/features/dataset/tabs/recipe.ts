import type { DataRecipe, RewardRule } from '#contract'
import { useDataset } from '../store'

export const changeRecipe = (patch: Partial<DataRecipe>): void =>
  useDataset.setState(({ recipe }) => (recipe === null ? {} : { recipe: { ...recipe, ...patch } }))

export type Role = keyof DataRecipe['columns']

const roles: Record<DataRecipe['layout'], readonly Role[]> = {
  rl: ['prompt', 'answer', 'input', 'system', 'dataSource'],
  sft: ['prompt', 'answer', 'input', 'system'],
  preference: ['prompt', 'chosen', 'rejected', 'system'],
}
export const rolesOf = ({ layout }: Pick<DataRecipe, 'layout'>): readonly Role[] => roles[layout]

/** The rule that verl would choose for this name: the exact one first, then by a beginning ("aime*"). */
export function ruleOf(rules: RewardRule[], dataSource: string): RewardRule | null {
  const begins = (name: string) => name.endsWith('*') && dataSource.startsWith(name.slice(0, -1))
  return (
    rules.find(({ dataSources }) => dataSources.includes(dataSource)) ??
    rules.find(({ dataSources }) => dataSources.some(begins)) ??
    null
  )
}

/** Signs by which a rule finds the answer, as prompts ask for them. */
const signs = ['####', '\\boxed', 'Answer:', '<answer>'] as const

export type Fit = { fits: true } | { fits: false; reads: string; asks: string | null }

/** Whether a prompt asks for the form that the rule reads. A rule whose form has no such sign fits everything. */
export function fitOf(rule: RewardRule | null, asked: string): Fit {
  const reads = signs.find((sign) => rule?.instruction.includes(sign))
  if (reads === undefined || asked.includes(reads)) return { fits: true }
  return { fits: false, reads, asks: signs.find((sign) => asked.includes(sign)) ?? null }
}

/** As the contract has it: letters and digits of any script, then also . _ and -. */
export const isName = (name: string): boolean => /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,79}$/u.test(name)

/** A name from what the dataset is called. */
export function nameFrom(title: string): string {
  const name = title
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '')
    .slice(0, 80)
  return name === '' ? 'dataset' : name
}
