import type { DataRecipe } from '#contract'

/** What a recipe does, as sentences of `data.work.summary`, in the order in which it happens. */
export type Said =
  | { key: 'preset'; preset: DataRecipe['preset'] }
  | { key: 'question'; column: string }
  | { key: 'instruction'; text: string }
  | { key: 'answer'; column: string; rule: DataRecipe['answer']['rule'] }
  | { key: 'pair'; chosen: string; rejected: string }
  | { key: 'source'; source: string }
  | { key: 'split'; kind: DataRecipe['split']['kind']; percent: number }
  | { key: 'sample'; part: 'train' | 'test'; rows: number }
  | { key: 'drop'; what: 'noAnswer' | 'duplicates' | 'leaked' }
  | { key: 'longer'; tokens: number }
  | { key: 'keep'; columns: string }

export function recipeWords(recipe: DataRecipe): Said[] {
  const { columns, layout, answer, drop, split, sample } = recipe
  const said: Said[] = [{ key: 'preset', preset: recipe.preset }]
  if (columns.prompt !== null) said.push({ key: 'question', column: columns.prompt })
  if (recipe.instruction !== '') said.push({ key: 'instruction', text: recipe.instruction })
  if (layout === 'preference') {
    if (columns.chosen !== null && columns.rejected !== null)
      said.push({ key: 'pair', chosen: columns.chosen, rejected: columns.rejected })
  } else if (columns.answer !== null) said.push({ key: 'answer', column: columns.answer, rule: answer.rule })
  if (layout === 'rl') said.push({ key: 'source', source: columns.dataSource ?? recipe.dataSource })
  said.push({ key: 'split', kind: split.kind, percent: split.kind === 'share' ? split.test * 100 : 0 })
  for (const part of ['train', 'test'] as const) {
    const rows = sample[part]
    if (rows !== null) said.push({ key: 'sample', part, rows })
  }
  for (const what of ['noAnswer', 'duplicates', 'leaked'] as const) if (drop[what]) said.push({ key: 'drop', what })
  if (drop.longerThan !== null) said.push({ key: 'longer', tokens: drop.longerThan })
  if (recipe.keep.length > 0) said.push({ key: 'keep', columns: recipe.keep.join(', ') })
  return said
}
