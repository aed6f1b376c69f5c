import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Checked, Manifest } from '../../main/core/env/manifest'
import { environmentId, loadRecipe, recipeDigest } from '../../main/core/env/recipe'

/** A real environment with only Python itself in it, sealed as ours are: its id. */
export async function sealEnvironment(root: string): Promise<string> {
  const recipe = await loadRecipe(resolve('resources'), 'practice-cpu')
  const id = environmentId(recipe)
  const folder = join(root, 'envs', id)
  mkdirSync(folder, { recursive: true })
  const made = spawnSync('python3', ['-m', 'venv', '--without-pip', join(folder, 'prefix')], { stdio: 'inherit' })
  if (made.status !== 0) throw new Error('no environment could be made')
  const probe: Checked['probe'] = {
    python: { version: '3.11.7', executable: join(folder, 'prefix', 'bin', 'python'), glibc: '2.36' },
    ...{ modules: [], torch: null, gpus: [], attention: [], nccl: null, undeclared: [], findings: [] },
  }
  const manifest: Manifest = {
    ...{ version: 2, recipe, recipeDigest: recipeDigest(recipe), engine: 'venv', python: '3.11.7', packages: [] },
    ...{ probe, variables: { VIRTUAL_ENV: join(folder, 'prefix'), PATH: join(folder, 'prefix', 'bin') } },
    ...{ bytes: 1e6, createdAt: 1 },
  }
  const checked: Checked = {
    ...{ version: 1, at: 1, probe },
    health: (['python', 'packages', 'imports'] as const).map((part) => ({ id: part, state: 'ok', findings: [] })),
  }
  const write = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value))
  write('environment.json', { version: 1, recipe })
  write('engine.json', { engine: 'venv', by: 'python3' })
  write('check.json', checked)
  write('manifest.json', manifest)
  return id
}
