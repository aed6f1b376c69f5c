import { DataRecipe } from '#contract'
import { dump, load } from 'js-yaml'
import * as z from 'zod'
import { AppError } from '../../errors'

/** A recipe as a file that people can read, change and share. */
export const exportRecipe = (recipe: DataRecipe, name: string = recipe.preset): { name: string; text: string } => ({
  name: `${name}.recipe.yaml`,
  text: dump(recipe, { lineWidth: -1 }),
})

/** Errors: RECIPE_UNREADABLE, with the field that is wrong. */
export function importRecipe(text: string): DataRecipe {
  let value: unknown
  try {
    value = load(text)
  } catch (thrown) {
    throw unreadable(String(thrown instanceof Error ? thrown.message : thrown).split('\n')[0] ?? '', thrown)
  }
  const recipe = DataRecipe.safeParse(value)
  if (recipe.success) return recipe.data
  throw unreadable(z.prettifyError(recipe.error).split('\n').slice(0, 2).join(' '), recipe.error)
}

const unreadable = (detail: string, cause: unknown) => new AppError('RECIPE_UNREADABLE', { detail }, cause)
