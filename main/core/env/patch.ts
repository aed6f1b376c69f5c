import { join } from 'node:path'
import { AppError } from '../errors'
import type { StepContext } from '../jobs/step'
import type { Workshop } from './workshop'

/**
 * Whether the recipe's changes fit the verl that is installed: every file has the digest they were written for.
 * Nothing is edited; they are laid over it at import time (resources/python/verl_patches.py). PATCH_FAILED says why not.
 */
export async function checkPatches(
  shop: Workshop,
  context: Pick<StepContext, 'signal' | 'log' | 'onStart'>,
): Promise<void> {
  const { resources } = shop.deps
  const set = join(resources, 'patches', `${shop.recipe.patches ?? ''}.json`)
  const script = join(resources, 'python', 'verl_patches.py')
  const end = await shop.run(context, [shop.python, script, 'check', '--patches', set])
  if (end.code !== 0) throw new AppError('PATCH_FAILED', { detail: end.tail.split('\n').at(-1) ?? '' })
}
