import type { DataRecipe, DataRef, OpenedData, RecipeSuggestion, TokenAsk } from '#contract'
import { create } from 'zustand'

/** What all tabs of the open dataset share. The open function fills it; a tab changes its own part. */
interface DatasetStore {
  data: DataRef | null
  opened: OpenedData | null
  /** The validation rows, when they are a dataset of their own. */
  test: DataRef | null
  /** null until the core has suggested one. */
  suggestion: RecipeSuggestion | null
  recipe: DataRecipe | null
  /** Whose tokenizer and template are used. */
  ask: TokenAsk | null
}

const nothing: DatasetStore = { data: null, opened: null, test: null, suggestion: null, recipe: null, ask: null }

export const useDataset = create<DatasetStore>(() => nothing)

/** Another dataset: nothing of the one before stays, but the model. Another split of the same is mapped in the same way. */
export const startWith = (data: DataRef): void =>
  useDataset.setState(({ data: before, ask, recipe, suggestion, test }) => {
    const same = before !== null && before.paths.join('\n') === data.paths.join('\n') && before.config === data.config
    return { ...nothing, data, ask, ...(same ? { recipe, suggestion, test } : {}) }
  })
