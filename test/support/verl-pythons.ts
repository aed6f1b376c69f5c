import { expect } from 'vitest'
import { environmentId } from '../../main/core/env/recipe'
import { originalPath, withUv } from './engines'
import { openRoom } from './environments'
import { cpuRecipe, keptRoot, verlRecipes, type VerlVersion } from './verl-environments'

export interface VerlPythons {
  /** The Python of the environment with this verl. */
  python(verl: VerlVersion): string
  close(): Promise<void>
}

/** Environments with real verl, made the first time and kept. */
export async function verlPythons(
  versions: readonly VerlVersion[] = Object.keys(verlRecipes) as VerlVersion[],
): Promise<VerlPythons> {
  withUv()
  const room = await openRoom(keptRoot())
  const programs = new Map<string, string>()
  for (const verl of versions) {
    const recipe = await cpuRecipe(verl)
    const job = await room.make(recipe)
    expect(job.error).toBeNull()
    programs.set(verl, room.projection.read().environments[environmentId(recipe)]?.program ?? '')
  }
  return {
    python: (verl) => programs.get(verl) ?? '',
    async close() {
      await room.close()
      process.env['PATH'] = originalPath
    },
  }
}
