import type { DataRecipe } from '#contract'
import { AppError } from '../../errors'
import type { Rewards } from '../reward/table'
import type { RlRow } from '../types'
import type { Note } from './notes'

type Clean = DataRecipe['answer']['clean'][number]

/** What of an answer makes a rule miss it, and what takes it off. */
const spoilers: readonly { clean: Clean; in: RegExp }[] = [
  { clean: 'boxed', in: /\\boxed|\\fbox/ },
  { clean: 'dollar', in: /\$/ },
  { clean: 'commas', in: /\d,\d/ },
  { clean: 'fullStop', in: /[.。]\s*$/ },
  { clean: 'space', in: /^\s|\s$/ },
]

/** The form that a rule reads, without an answer: `####`, `\boxed{`, `Answer:`. "": it reads any text. */
function markerOf(rewards: Rewards, rule: string): string {
  const mark = '\u0000'
  return (rewards.gold(rule, mark, null).split(mark)[0] ?? '').trim()
}

/**
 * Whether the reward can ever say yes to a row: its data source, the form that the prompt asks for, and the answer
 * itself, scored in the form that the rule reads. `solution`: the text of the data that should be right, too.
 */
export function createRewardNotes(rewards: Rewards, recipe: DataRecipe | null, suggested: DataRecipe) {
  const markers = new Map(rewards.rules.map(({ id }) => [id, markerOf(rewards, id)]))
  /** Files without a recipe are mended by one. */
  const changed = (change: Partial<DataRecipe>) => () => ({
    recipe: recipe === null ? suggested : { ...recipe, ...change },
  })

  function instructionNote(rule: string, instruction: string, prompt: string): Note | null {
    const marker = markers.get(rule) ?? ''
    if (marker === '' || prompt.includes(marker)) return null
    const other = [...markers.values()].find(
      (one) => one !== '' && one !== marker && prompt.includes(one.replace(/\{$/, '')),
    )
    return {
      code: other === undefined ? 'DATA_INSTRUCTION_MISSING' : 'DATA_INSTRUCTION_WRONG',
      severity: other === undefined ? 'warning' : 'error',
      params: { rule, wants: marker, asks: other ?? '' },
      fix: recipe === null || recipe.columns.dataSource === null ? changed({ instruction }) : undefined,
    }
  }

  function truthNote(rule: string, truth: string): Note | null {
    const right = rewards.rules.find(({ id }) => id === rule)?.right ?? 1
    const never = rewards.score(rule, truth, rewards.gold(rule, truth, null)).score < right
    const spoiler = spoilers.find((one) => one.in.test(truth))
    // The rule of GSM8K compares texts: "42." is right only where the model writes the full stop, too.
    if (!never && (spoiler === undefined || rule !== 'gsm8k')) return null
    const cleaned = recipe?.answer.clean ?? []
    const helps = spoiler !== undefined && !cleaned.includes(spoiler.clean)
    return {
      code: never ? 'DATA_TRUTH_NEVER_RIGHT' : 'DATA_TRUTH_SPOILED',
      severity: never ? 'error' : 'warning',
      params: { rule, truth: truth.slice(0, 80) },
      fix:
        helps && recipe !== null
          ? changed({ answer: { ...recipe.answer, clean: [...cleaned, spoiler.clean] } })
          : undefined,
    }
  }

  return (row: RlRow, solution: string | null): Note[] => {
    const source = row.data_source
    const rule = rewards.ruleFor(source)
    if (rule === null) return [{ code: 'DATA_SOURCE_UNKNOWN', severity: 'error', params: { source } }]
    const prompt = row.prompt.findLast(({ role }) => role === 'user')?.content ?? ''
    const asked = instructionNote(rule.id, rule.instruction, prompt)
    const notes: Note[] = asked === null ? [] : [asked]
    const truth = row.reward_model.ground_truth
    if (!rule.builtIn || typeof truth !== 'string')
      return [...notes, { code: 'DATA_ONLY_VERL_SCORES', severity: 'info', params: { rule: rule.id } }]
    try {
      const never = truthNote(rule.id, truth)
      if (never !== null) return [...notes, never]
      const gold = rewards.gold(rule.id, truth, solution)
      if (rewards.score(rule.id, truth, gold).score < rule.right)
        notes.push({ code: 'DATA_GOLD_NOT_RIGHT', severity: 'warning', params: { rule: rule.id } })
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown
      notes.push({
        code: 'DATA_TRUTH_NEVER_RIGHT',
        severity: 'error',
        params: { rule: rule.id, truth: truth.slice(0, 80) },
      })
    }
    return notes
  }
}
