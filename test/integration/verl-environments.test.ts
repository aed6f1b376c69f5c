import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { environmentId } from '../../main/core/env/recipe'
import { originalPath, withUv } from '../support/engines'
import { openRoom, type Room } from '../support/environments'
import { cpuRecipe, keptRoot, verlRecipes, type VerlVersion } from '../support/verl-environments'

/** The shipped recipes with real verl and real torch, as far as they go without a card. */
let room: Room
beforeAll(async () => {
  withUv()
  room = await openRoom(keptRoot())
})
afterAll(async () => {
  await room.close()
  process.env['PATH'] = originalPath
})

describe.each(Object.keys(verlRecipes) as VerlVersion[])('verl %s', (verl) => {
  it('is installed as pinned, imports, and lacks nothing it is sure to import', { timeout: 600_000 }, async () => {
    const recipe = await cpuRecipe(verl)
    const job = await room.make(recipe)
    expect(job.error).toBeNull()
    const view = room.projection.read().environments[environmentId(recipe)]
    expect(view).toMatchObject({ status: 'ready' })
    expect(view?.packages).toContainEqual({ name: 'verl', version: verl })
    expect(view?.probe?.torch).toMatchObject({ version: '2.13.0+cpu', cuda: null })
    expect(view?.probe?.undeclared).toEqual([])
    const run = spawnSync(view?.program ?? '', ['-c', 'import verl.trainer.main_ppo'], { encoding: 'utf8' })
    expect(run.stderr.split('\n').at(-2) ?? '', run.stderr).not.toMatch(/Error/)
  })
})
