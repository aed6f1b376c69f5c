import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { JobView, MachineReport } from '#contract'
import { defaultSettings } from '#contract'
import { environmentId, environmentPython, environmentSteps } from '../../main/core/env/steps'
import type { Recipe } from '../../main/core/env/recipe'
import { measureMachine } from '../../main/core/hardware/measure'
import { openJournal } from '../../main/core/jobs/journal'
import { openJobs } from '../../main/core/jobs/jobs'
import { createNetworkProfile } from '../../main/core/net/profile'
import { createProjection } from '../../main/core/state/projection'
import { prepareRoot, type RootLayout } from '../../main/core/state/root'
import { emptyProjection } from '../support/empty-projection'

/** Real environments from the real package index, small enough to build many of. */
const recipe: Recipe = {
  id: 'small',
  tested: 'here',
  pythons: ['3.11', '3.12', '3.13'],
  packages: ['packaging==25.0'],
  constraints: [],
  torchIndex: null,
  modules: ['packaging'],
  diskBytes: 1_000_000,
}
const path = process.env['PATH'] ?? ''
let layout: RootLayout
let tools = ''

beforeEach(async () => {
  layout = await prepareRoot(mkdtempSync(join(tmpdir(), 'launchpad env 环境 ')))
  tools = mkdtempSync(join(tmpdir(), 'launchpad-tools-'))
})
afterEach(() => {
  process.env['PATH'] = path
})

/** Builds the environment as the app does; `network` is what the settings say. */
async function build(wanted: Recipe = recipe, network: Partial<typeof defaultSettings.network> = {}): Promise<JobView> {
  const projection = createProjection(emptyProjection(layout.root))
  const machine: MachineReport = await measureMachine(layout.root, resolve('resources'))
  const journal = await openJournal(join(layout.jobs, 'journal.jsonl'))
  const jobs = await openJobs({ folder: layout.jobs, journal, projection, onSettled: () => Promise.resolve() })
  const profile = createNetworkProfile(() => ({ ...defaultSettings.network, ...network }))
  const deps = { layout, resources: resolve('resources'), network: profile, machine: () => machine }
  const id = `job-${Math.random().toString(36).slice(2)}`
  jobs.start(id, { requestId: id, steps: 1, data: null }, () => environmentSteps(deps, wanted))
  for await (const event of projection.watch()) {
    const job = event.kind === 'snapshot' ? event.state.jobs[id] : projection.read().jobs[id]
    if (job !== undefined && job.status !== 'running') return job
  }
  throw new Error('the watch ended')
}

const folder = (wanted = recipe) => join(layout.environments, environmentId(wanted))
const manifest = () =>
  JSON.parse(readFileSync(join(folder(), 'manifest.json'), 'utf8')) as { engine: string; packages: { name: string }[] }

/** A program of this name in front of all others on the PATH. */
function fake(name: string, script: string): void {
  const file = join(tools, name)
  writeFileSync(file, script)
  chmodSync(file, 0o755)
  process.env['PATH'] = `${tools}${delimiter}${path}`
}

describe('an environment', () => {
  it('is made with venv where nothing else is, and loads what it should', async () => {
    const job = await build()
    expect(job.error).toBeNull()
    expect(job.steps.map(({ status }) => status)).toEqual(Array(6).fill('done'))
    expect(manifest()).toMatchObject({
      engine: 'venv',
      packages: expect.arrayContaining([{ name: 'packaging', version: '25.0' }]) as unknown,
    })
    const python = environmentPython(layout, environmentId(recipe))
    expect(
      spawnSync(python, ['-c', 'import packaging; print(packaging.__version__)'], { encoding: 'utf8' }).stdout.trim(),
    ).toBe('25.0')
  })

  it('is kept when it is there, even after the cache was emptied', async () => {
    await build()
    rmSync(layout.cache, { recursive: true })
    mkdirSync(layout.cache)
    expect((await build()).steps.map(({ status }) => status)).toEqual(Array(6).fill('kept'))
  })

  it('of a changed recipe is another one, beside the first', async () => {
    await build()
    const changed = { ...recipe, packages: ['packaging==24.2'] }
    expect((await build(changed)).status).toBe('done')
    expect(existsSync(join(folder(), 'manifest.json')) && existsSync(join(folder(changed), 'manifest.json'))).toBe(true)
  })

  it('loses its manifest: only the sealing is done again', async () => {
    await build()
    rmSync(join(folder(), 'manifest.json'))
    expect((await build()).steps.map(({ status }) => status)).toEqual(['kept', 'kept', 'kept', 'kept', 'kept', 'done'])
  })

  it('with a package that does not load is not sealed, and says which', async () => {
    const job = await build({ ...recipe, modules: ['packaging', 'no_such_module'] })
    expect(job.error).toMatchObject({ code: 'PROBE_FAILED' })
    expect(String(job.error?.params['modules'])).toContain('no_such_module')
    expect(
      existsSync(
        join(
          layout.environments,
          environmentId({ ...recipe, modules: ['packaging', 'no_such_module'] }),
          'manifest.json',
        ),
      ),
    ).toBe(false)
  })

  it('for which the disk is too small is refused before anything is made', async () => {
    const huge = { ...recipe, diskBytes: 1e18 }
    const job = await build(huge)
    expect(job.error).toMatchObject({ code: 'DISK_FULL', params: { neededBytes: 1e18 } })
    expect(existsSync(join(folder(huge), 'prefix'))).toBe(false)
  })

  it('of a version that nobody offers says so', async () => {
    expect((await build({ ...recipe, packages: ['packaging==9999'] })).error).toMatchObject({
      code: 'PACKAGES_UNRESOLVED',
    })
  })

  it('for which no Python fits says what is needed and what there is', async () => {
    expect((await build({ ...recipe, pythons: ['2.7'] })).error).toMatchObject({
      code: 'PYTHON_MISSING',
      params: { wanted: '2.7' },
    })
  })
})

describe('engines', () => {
  it('a conda that cannot reach its channel is reported, and the next engine is used', async () => {
    fake(
      'conda',
      '#!/bin/sh\n[ "$1" = --version ] && echo "conda 24.1.0" && exit 0\necho "CondaHTTPError: HTTP 000 CONNECTION FAILED" >&2\nexit 1\n',
    )
    const job = await build()
    expect(job.status).toBe('done')
    expect(job.steps[0]?.findings).toMatchObject([{ code: 'ENGINE_FAILED', params: { engine: 'conda' } }])
    expect(manifest().engine).toBe('venv')
  })

  describe('uv', () => {
    const uv = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'verl-launchpad', 'uv-0.13.9')
    beforeAll(() => {
      if (existsSync(join(uv, 'bin', 'uv'))) return
      spawnSync('python3', ['-m', 'venv', uv])
      spawnSync(join(uv, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', 'uv==0.13.9'])
    }, 120_000)

    it('is used where it is, instead of venv', async () => {
      process.env['PATH'] = `${join(uv, 'bin')}${delimiter}${path}`
      const job = await build()
      expect(job.error).toBeNull()
      expect(manifest()).toMatchObject({
        engine: 'uv',
        packages: expect.arrayContaining([{ name: 'packaging', version: '25.0' }]) as unknown,
      })
    })
  })
})

describe('a proxy from the settings', () => {
  it('is what every request goes through: one that does not answer is named', async () => {
    const job = await build(recipe, { proxy: 'http://127.0.0.1:9' })
    expect(job.error).toMatchObject({ code: 'NETWORK_UNREACHABLE' })
  })
})
