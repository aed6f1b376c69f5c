import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { environmentId, loadRecipe } from '../../main/core/env/recipe'
import { prefixPython } from '../../main/core/env/workshop'
import { openRoom } from './environments'

/** The prefix of the practice's environment, real TRL: made the first time, and kept where the e2e tests keep theirs. */
export async function trlPrefix(): Promise<string> {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  const root = process.env['LAUNCHPAD_TEST_ROOT'] ?? join(cache, 'verl-launchpad', 'test-root')
  const recipe = await loadRecipe(resolve('resources'), 'practice-cpu')
  const prefix = join(root, 'envs', environmentId(recipe), 'prefix')
  if (existsSync(prefixPython(prefix)) && existsSync(join(prefix, '..', 'manifest.json'))) return prefix
  const room = await openRoom(root)
  try {
    const job = await room.make(recipe)
    if (job.error !== null) throw new Error(JSON.stringify(job.error))
  } finally {
    await room.close()
  }
  return prefix
}
