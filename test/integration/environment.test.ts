import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ComponentHealth } from '#contract'
import { dump } from 'js-yaml'
import { environmentId, Recipe } from '../../main/core/env/recipe'
import { prefixPython } from '../../main/core/env/workshop'
import { fake, originalPath, withUv } from '../support/engines'
import { buildChannel, serveChannel } from '../support/conda-channel'
import { openRoom, type Room } from '../support/environments'

/** Real environments from the real package index, small enough to build many of. */
const small = Recipe.parse({
  id: 'small',
  tested: 'here',
  pythons: ['3.11', '3.12', '3.13'],
  packages: ['packaging==25.0', 'idna==3.10'],
  constraints: [],
  torchIndex: null,
  modules: ['packaging', 'idna'],
  diskBytes: 1_000_000,
})
let room: Room
/** The caches are shared, as a user's are; each test has an environment of its own. */
const root = mkdtempSync(join(tmpdir(), 'launchpad env 环境 '))
let recipe = small
let count = 0

beforeEach(async () => {
  withUv()
  recipe = { ...small, id: `small-${++count}` }
  room = await openRoom(root)
})
afterEach(async () => {
  await room.close()
  process.env['PATH'] = originalPath
})

const folder = (wanted: Recipe = recipe) => join(room.layout.environments, environmentId(wanted))
const python = (wanted: Recipe = recipe) => prefixPython(join(folder(wanted), 'prefix'))
const view = (wanted: Recipe = recipe) => room.projection.read().environments[environmentId(wanted)]
const check = (id = environmentId(recipe)) => room.environments.check(id, new AbortController().signal)
const stateOf = (health: ComponentHealth[], id: ComponentHealth['id']) => health.find((part) => part.id === id)
const said = (program: string, code: string) => spawnSync(program, ['-c', code], { encoding: 'utf8' }).stdout.trim()

async function site(wanted: Recipe = recipe): Promise<string> {
  const lib = join(folder(wanted), 'prefix', 'lib')
  const name = (await readdir(lib)).find((entry) => entry.startsWith('python3.')) ?? ''
  return join(lib, name, 'site-packages')
}

describe('an environment', () => {
  it('is made, sealed and becomes the one in use, and loads what it should', async () => {
    const job = await room.make(recipe)
    expect(job.error).toBeNull()
    expect(job.steps.map(({ status }) => status)).toEqual(Array(6).fill('done'))
    expect(view()).toMatchObject({ status: 'ready', current: true, outdated: false, kind: 'made' })
    expect(view()?.packages).toContainEqual({ name: 'packaging', version: '25.0' })
    expect(view()?.bytes).toBeGreaterThan(1_000_000)
    expect(said(python(), 'import packaging; print(packaging.__version__)')).toBe('25.0')
  })

  it('is kept when it is there, even after the cache was emptied', async () => {
    await room.make(recipe)
    rmSync(room.layout.cache, { recursive: true })
    mkdirSync(room.layout.cache)
    expect((await room.make(recipe)).steps.map(({ status }) => status)).toEqual(Array(6).fill('kept'))
  })

  it('of a changed recipe is another one beside the first, which stays to go back to', async () => {
    await room.make(recipe)
    const changed = { ...recipe, packages: ['packaging==24.2', 'idna==3.10'] }
    expect((await room.make(changed)).status).toBe('done')
    expect([view()?.current, view(changed)?.current]).toEqual([false, true])
    await room.environments.choose(environmentId(recipe))
    expect([view()?.current, view(changed)?.current]).toEqual([true, false])
    await room.environments.remove(environmentId(changed))
    expect([existsSync(folder(changed)), view()?.status]).toEqual([false, 'ready'])
  })

  it('whose recipe is only described anew stays the same one', () => {
    expect(environmentId({ ...recipe, tested: 'elsewhere', diskBytes: 5 })).toBe(environmentId(recipe))
  })

  it('loses its manifest: only the sealing is done again', async () => {
    await room.make(recipe)
    rmSync(join(folder(), 'manifest.json'))
    await room.environments.refresh()
    expect(view()?.status).toBe('unfinished')
    const statuses = (await room.make(recipe)).steps.map(({ status }) => status)
    expect(statuses).toEqual(['kept', 'kept', 'kept', 'kept', 'kept', 'done'])
  })

  it('with a package that does not load is not sealed, and says which', async () => {
    const broken = { ...recipe, modules: ['packaging', 'no_such_module'] }
    const job = await room.make(broken)
    expect(job.error).toMatchObject({ code: 'PROBE_FAILED' })
    expect(String(job.error?.params['modules'])).toContain('no_such_module')
    expect(existsSync(join(folder(broken), 'manifest.json'))).toBe(false)
  })

  it('for which the disk is too small is refused before anything is made', async () => {
    const huge = { ...recipe, id: 'huge', diskBytes: 1e18 }
    const job = await room.make(huge)
    expect(job.error).toMatchObject({ code: 'DISK_FULL', params: { neededBytes: 1e18 } })
    expect(existsSync(folder(huge))).toBe(false)
    expect(await room.ledger.reserved(room.layout.root)).toBe(0)
  })

  it('of a version that nobody offers says so', async () => {
    const wanted = { ...recipe, packages: ['packaging==9999'] }
    expect((await room.make(wanted)).error).toMatchObject({ code: 'PACKAGES_UNRESOLVED' })
  })

  it('for which no Python fits says what is needed and what there is', async () => {
    expect((await room.make({ ...recipe, pythons: ['2.7'] })).error).toMatchObject({
      code: 'PYTHON_MISSING',
      params: { wanted: '2.7' },
    })
  })

  it('stops when it is cancelled, keeps what was finished, and goes on from there', async () => {
    let asked = false
    const job = await room.make(recipe, {
      onJob: ({ id, steps }) => {
        if (asked || steps[1]?.status !== 'running') return
        asked = true
        room.jobs.cancel(id)
      },
    })
    expect(job.status).toBe('cancelled')
    const again = await room.make(recipe)
    expect([again.status, again.steps[0]?.status]).toEqual(['done', 'kept'])
  })
})

describe('mending', () => {
  it('brings back one deleted package and leaves the others as they are', async () => {
    await room.make(recipe)
    const before = await stat(join(await site(), 'packaging', '__init__.py'))
    rmSync(join(await site(), 'idna'), { recursive: true })
    expect(stateOf((await check()).health, 'packages')).toMatchObject({
      state: 'broken',
      findings: [{ code: 'PACKAGE_DAMAGED', params: { package: 'idna' } }],
    })
    expect(view()?.status).toBe('broken')
    const job = await room.make(recipe, { deep: true })
    expect(job.steps.map(({ status }) => status)).toEqual(['kept', 'kept', 'kept', 'done', 'done', 'done'])
    expect(view()?.status).toBe('ready')
    const after = await stat(join(await site(), 'packaging', '__init__.py'))
    expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs])
  })

  it('finds a file altered in place and a package at another version, and puts both right', async () => {
    await room.make(recipe)
    const file = join(await site(), 'packaging', 'tags.py')
    const text = readFileSync(file, 'utf8')
    appendFileSync(file, '# altered\n')
    renameSync(join(await site(), 'idna-3.10.dist-info'), join(await site(), 'idna-3.9.dist-info'))
    const codes = stateOf((await check()).health, 'packages')?.findings.map(({ code }) => code)
    expect(codes?.sort()).toEqual(['PACKAGE_CHANGED', 'PACKAGE_DAMAGED'])
    expect((await room.make(recipe, { deep: true })).error).toBeNull()
    expect(readFileSync(file, 'utf8')).toBe(text)
    expect((await check()).status).toBe('ready')
  })

  it('makes the prefix anew when its Python is gone', async () => {
    await room.make(recipe)
    rmSync(python())
    expect(stateOf((await check()).health, 'python')?.state).toBe('broken')
    expect((await room.make(recipe, { deep: true })).error).toBeNull()
    expect(said(python(), 'import idna; print(idna.__version__)')).toBe('3.10')
  })

  it('says what was installed by hand, which mending leaves alone', async () => {
    await room.make(recipe)
    spawnSync(python(), ['-m', 'pip', 'install', '--quiet', 'six==1.17.0'])
    expect(stateOf((await check()).health, 'packages')).toMatchObject({
      state: 'warning',
      findings: [{ code: 'PACKAGES_ADDED', params: { packages: 'six' } }],
    })
  })
})

describe('a package that exists as source only', () => {
  it('is built without asking any index, with what the lock brought', async () => {
    const source = Recipe.parse({
      ...recipe,
      packages: ['antlr4-python3-runtime==4.9.3'],
      sources: ['antlr4-python3-runtime'],
      modules: ['antlr4'],
    })
    expect((await room.make(source)).error).toBeNull()
  })

  it('is refused where the recipe does not name it', async () => {
    const source = { ...recipe, packages: ['antlr4-python3-runtime==4.9.3'], modules: ['antlr4'] }
    expect((await room.make(source)).error).toMatchObject({ code: 'PACKAGES_UNRESOLVED' })
  })
})

describe("an environment of the user's", () => {
  it('is listed and probed, and not a byte of it changes; forgetting leaves it where it is', async () => {
    const yours = join(mkdtempSync(join(tmpdir(), 'launchpad yours 你的 ')), 'venv')
    spawnSync('python3', ['-m', 'venv', yours])
    const files = async () => {
      const names = await readdir(yours, { recursive: true })
      return Object.fromEntries(names.map((name) => [name, statSync(join(yours, name)).mtimeMs]))
    }
    const before = await files()
    const adopted = await room.environments.adopt(yours, new AbortController().signal)
    expect(adopted).toMatchObject({ kind: 'yours', status: 'ready', recipe: null })
    expect(adopted.packages.map(({ name }) => name)).toContain('pip')
    await check(adopted.id)
    expect(await files()).toEqual(before)
    await room.environments.remove(adopted.id)
    expect(await files()).toEqual(before)
    expect(room.projection.read().environments[adopted.id]).toBeUndefined()
  })

  it('that is none says why', async () => {
    await expect(room.environments.adopt(tmpdir(), new AbortController().signal)).rejects.toMatchObject({
      data: { code: 'NOT_AN_ENVIRONMENT' },
    })
  })
})

it('what is not marked as ours is neither listed nor deleted, nor is anything followed by a link', async () => {
  await room.make(recipe)
  const elsewhere = mkdtempSync(join(tmpdir(), 'launchpad-elsewhere-'))
  renameSync(folder(), join(elsewhere, 'moved'))
  symlinkSync(join(elsewhere, 'moved'), folder())
  await expect(room.environments.remove(environmentId(recipe))).rejects.toMatchObject({ data: { code: 'NOT_OURS' } })
  mkdirSync(join(room.layout.environments, 'a folder of somebody'))
  await room.environments.refresh()
  expect(Object.keys(room.projection.read().environments)).not.toContain('a folder of somebody')
  await expect(room.environments.remove('a folder of somebody')).rejects.toMatchObject({ data: { code: 'NOT_FOUND' } })
  expect(existsSync(join(elsewhere, 'moved', 'manifest.json'))).toBe(true)
})

it('the exported lock installs the same set elsewhere, file by file', async () => {
  await room.make(recipe)
  const { text } = await room.environments.export(environmentId(recipe), 'requirements')
  expect(text).toMatch(/^idna==3\.10 --hash=sha256:[0-9a-f]{64}$/m)
  const elsewhere = join(mkdtempSync(join(tmpdir(), 'launchpad-export-')), 'venv')
  const list = join(elsewhere, '..', 'requirements.txt')
  spawnSync('python3', ['-m', 'venv', elsewhere])
  appendFileSync(list, text)
  const pip = spawnSync(join(elsewhere, 'bin', 'python'), [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--require-hashes',
    '-r',
    list,
  ])
  expect(pip.status).toBe(0)
  expect(said(join(elsewhere, 'bin', 'python'), 'import idna; print(idna.__version__)')).toBe('3.10')
})

describe('engines', () => {
  it('conda comes first where its channel answers, with a micromamba of our own; the rest is as ever', async () => {
    const channel = buildChannel()
    const resources = mkdtempSync(join(tmpdir(), 'launchpad-resources-'))
    cpSync(resolve('resources'), resources, { recursive: true })
    writeFileSync(join(resources, 'tools', 'tools.yaml'), dump(channel.tools))
    const server = await serveChannel(channel.folder)
    try {
      await room.close()
      room = await openRoom(root, { condaChannels: server.address }, resources)
      const wanted = { ...recipe, pythons: [channel.python] }
      expect((await room.make(wanted)).error).toBeNull()
      expect(view(wanted)).toMatchObject({ engine: 'conda', status: 'ready' })
      expect(said(python(wanted), 'import idna, sys; print(idna.__version__, sys.prefix)')).toBe(
        `3.10 ${join(folder(wanted), 'prefix')}`,
      )
      const id = environmentId(wanted)
      const explicit = await room.environments.export(id, 'conda')
      expect(explicit.text).toContain('@EXPLICIT')
      expect(explicit.text).toContain(`${server.address}/conda-forge/`)
      const variables = await room.environments.variables(id, new AbortController().signal)
      expect(variables['CONDA_PREFIX']).toBe(join(folder(wanted), 'prefix'))
      expect((await check(id)).status).toBe('ready')
    } finally {
      server.close()
    }
  })

  it('without uv on the machine ours is fetched once, held to its digest, and used', async () => {
    process.env['PATH'] = originalPath
    await room.close()
    room = await openRoom(room.layout.root)
    expect((await room.make(recipe)).error).toBeNull()
    expect(view()?.engine).toBe('venv')
    const tools = await readdir(join(room.layout.cache, 'tools'))
    expect(tools.some((name) => name.startsWith('uv-'))).toBe(true)
  })

  it('a uv that cannot make a prefix is reported, and the next engine is used', async () => {
    fake('uv', '#!/bin/sh\n[ "$1" = --version ] && echo "uv 0.1.0" && exit 0\necho "error: no luck" >&2\nexit 2\n')
    await room.close()
    room = await openRoom(room.layout.root)
    const job = await room.make(recipe)
    expect(job.status).toBe('done')
    expect(job.steps[0]?.findings).toContainEqual(
      expect.objectContaining({ code: 'ENGINE_FAILED', params: { engine: 'uv', detail: 'error: no luck' } }),
    )
    expect(view()?.engine).toBe('venv')
  })
})

it('a proxy from the settings is what every request goes through: one that does not answer is named', async () => {
  await room.close()
  room = await openRoom(room.layout.root, { proxy: 'http://127.0.0.1:9' })
  expect((await room.make(recipe)).error).toMatchObject({ code: 'NETWORK_UNREACHABLE' })
})
