import type { DataColumn, DataRecipe, OpenedData, RecipeSuggestion } from '#contract'
import type { Row } from '../types'
import { columnOf, valueAt } from './path'
import { fitPreset, type Preset } from './presets'

/** So much of the answers must look like those of a preset. */
const ENOUGH = 0.8
/** The names under which validation rows go, best first. */
const TESTS = ['test', 'validation', 'val', 'valid', 'dev', 'eval']
/** A part of the rows, when no split is for validation. */
const SHARE = 0.05

/** Which presets fit these columns, the best first; `custom` is always there. `sample`: some whole rows. */
export function suggest(opened: OpenedData, sample: readonly Row[], presets: readonly Preset[]): RecipeSuggestion {
  const test = testSplit(opened)
  const split: DataRecipe['split'] = test === null ? { kind: 'share', test: SHARE } : { kind: 'given' }
  const fitted = presets.map((preset) => ({ preset, recipe: recipeFor(preset, opened.columns, sample, split) }))
  const best = fitted.find(({ preset, recipe }) => fits(preset, recipe, sample)) ?? fitted.at(-1)
  if (best === undefined) throw new Error('there are no presets')
  const others = [best, ...fitted.filter((one) => one !== best)].map(({ recipe }) => recipe)
  return { recipe: best.recipe, others, test }
}

function testSplit({ configs, config, split }: OpenedData): string | null {
  const splits = configs.find(({ name }) => name === config)?.splits ?? []
  return TESTS.find((name) => name !== split && splits.includes(name)) ?? null
}

function recipeFor(
  preset: Preset,
  columns: readonly DataColumn[],
  sample: readonly Row[],
  split: DataRecipe['split'],
): DataRecipe {
  const present = (path: string) =>
    columns.some(({ name }) => name === columnOf(path)) && sample.some((row) => valueAt(row, path) !== null)
  const names = columns.map(({ name }) => name)
  return { ...fitPreset(preset, present), keep: preset.keep.filter((name) => names.includes(name)), split }
}

function fits({ needs, answers, preset }: Preset, { columns }: DataRecipe, sample: readonly Row[]): boolean {
  if (preset === 'custom' || needs.some((role) => columns[role] === null)) return false
  if (preset === 'verl' && !sample.some((row) => Array.isArray(valueAt(row, columns.prompt ?? '')))) return false
  if (answers === '' || columns.answer === null) return true
  const texts = sample.map((row) => valueAt(row, columns.answer ?? '')).filter((value) => value !== null)
  const like = new RegExp(answers)
  return (
    texts.length > 0 &&
    texts.filter((text) => like.test(typeof text === 'string' ? text : JSON.stringify(text))).length >=
      texts.length * ENOUGH
  )
}
