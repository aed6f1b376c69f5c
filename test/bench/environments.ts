import { execa } from 'execa'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { defaultSettings, type JobView, type StepView } from '#contract'
import { environmentId, loadRecipe, type Recipe } from '../../main/core/env/recipe'
import { parsePipConfig, uvIndexArguments } from '../../main/core/net/pip-config'
import { createNetworkProfile } from '../../main/core/net/profile'
import { uvProgram, withUv } from '../support/engines'
import { openRoom } from '../support/environments'

export interface EnvironmentTimes {
  /** Milliseconds from nothing, and again with full caches. */
  cold: number
  warm: number
}

/**
 * The practice environment, made by us, by `python -m venv` with pip, and by uv, each with empty caches of its own
 * and once more with those full. Ours without the smoke test, which the others do not have; it stands beside.
 */
export async function measureEnvironments() {
  withUv()
  const recipe = await loadRecipe(resolve('resources'), 'practice-cpu')
  const folder = mkdtempSync(join(tmpdir(), 'bench-environments-'))
  try {
    const uv = await peer(folder, 'uv', recipe, uvArguments)
    const ours = await measureOurs(join(folder, 'ours'), recipe)
    const pip = await peer(folder, 'pip', recipe, pipArguments)
    return { ...ours, pip, uv }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measureOurs(root: string, recipe: Recipe) {
  const room = await openRoom(root)
  try {
    const cold = await room.make(recipe)
    // Of another name, so that it is another environment: everything is made again, from full caches.
    const warm = await room.make({ ...recipe, id: 'practice-again' })
    for (const job of [cold, warm]) if (job.error !== null) throw new Error(JSON.stringify(job.error))
    const site = join(root, 'envs', environmentId(recipe), 'prefix', 'lib', 'python3.11', 'site-packages')
    rmSync(join(site, 'accelerate'), { recursive: true })
    const mended = await room.make(recipe, { deep: true })
    let asked = 0
    const stopped = await room.make(
      { ...recipe, id: 'practice-stopped' },
      {
        onJob: ({ id, steps }) => {
          // In the middle of an installation, which writes the most.
          if (asked > 0 || steps.find((step) => step.id === 'environment.install')?.status !== 'running') return
          asked = Date.now()
          room.jobs.cancel(id)
        },
      },
    )
    return {
      ours: { cold: spent(cold, 'environment.probe'), warm: spent(warm, 'environment.probe') },
      smokeTest: { cold: stepMs(cold, 'environment.probe'), warm: stepMs(warm, 'environment.probe') },
      repairMs: spent(mended, 'environment.probe'),
      cancelMs: (stopped.endedAt ?? 0) - asked,
    }
  } finally {
    await room.close()
  }
}

const stepMs = (job: JobView, id: StepView['id']) => durationOf(job.steps.find((step) => step.id === id))
const durationOf = (step: StepView | undefined) => (step?.endedAt ?? 0) - (step?.startedAt ?? 0)
const spent = (job: JobView, without: StepView['id']) => (job.endedAt ?? 0) - job.startedAt - stepMs(job, without)

type Commands = (prefix: string, files: string, cache: string) => Promise<[string, ...string[]][]>

async function peer(folder: string, name: string, recipe: Recipe, commands: Commands): Promise<EnvironmentTimes> {
  const [files, cache] = [join(folder, `${name}-files`), join(folder, `${name}-cache`)]
  await execa('mkdir', ['-p', files])
  writeFileSync(join(files, 'requirements.txt'), recipe.packages.join('\n'))
  writeFileSync(join(files, 'constraints.txt'), recipe.constraints.join('\n'))
  const once = async (prefix: string) => {
    const began = Date.now()
    for (const [program, ...args] of await commands(prefix, files, cache))
      await execa(program, args, { env: { UV_CACHE_DIR: cache, PIP_CACHE_DIR: cache, UV_NO_CONFIG: '1' } })
    return Date.now() - began
  }
  const times = { cold: await once(join(folder, `${name}-1`)), warm: await once(join(folder, `${name}-2`)) }
  for (const number of [1, 2]) rmSync(join(folder, `${name}-${number}`), { recursive: true, force: true })
  return times
}

const wanted = (files: string) => ['-r', join(files, 'requirements.txt'), '-c', join(files, 'constraints.txt')]

const pipArguments: Commands = (prefix, files) =>
  Promise.resolve([
    ['python3', '-m', 'venv', prefix],
    [join(prefix, 'bin', 'python'), '-m', 'pip', 'install', '--quiet', ...wanted(files)],
  ])

const uvArguments: Commands = async (prefix, files) => {
  const { stdout } = await execa('python3', ['-m', 'pip', 'config', 'list'])
  const indexes = uvIndexArguments(
    parsePipConfig(stdout),
    createNetworkProfile(() => defaultSettings.network),
  )
  return [
    [uvProgram(), 'venv', '--quiet', '--python', 'python3', prefix],
    [uvProgram(), 'pip', 'install', '--quiet', '--python', join(prefix, 'bin', 'python'), ...wanted(files), ...indexes],
  ]
}
