import { describe, expect, it } from 'vitest'
import { join, resolve } from 'node:path'
import { chooseEngines } from '../../../main/core/env/engine'
import type { ProbeReport } from '#contract'
import { healthOf } from '../../../main/core/env/health'
import { readPylock } from '../../../main/core/env/pylock'
import { loadRecipe, loadRecipes, Recipe } from '../../../main/core/env/recipe'
import { parseRecord } from '../../../main/core/env/records'
import { localFile } from '../../../main/core/env/lock'
import { projectOf } from '../../../main/core/env/resolve'
import { createLedger } from '../../../main/core/space/ledger'
import { createMeter } from '../../../main/core/jobs/meter'
import { childEnvironment } from '../../../main/core/proc/environment'

const python = { path: '/usr/bin/python3', version: '3.11.7' }
const tool = (name: string) => ({ name, path: name, version: '1.0' })

describe('choice of the engine', () => {
  it('takes uv before venv, of what is there', () => {
    const all = chooseEngines({ pythons: [python], engines: [tool('uv')] }, ['3.11'], '/p')
    expect(all.map(({ engine }) => engine)).toEqual(['uv', 'venv'])
    const bare = chooseEngines({ pythons: [python], engines: [] }, ['3.11'], '/p')
    expect(bare.map(({ engine }) => engine)).toEqual(['venv'])
  })

  it('offers nothing when no Python fits, rather than one that does not', () => {
    const old = { path: '/usr/bin/python3', version: '3.8.10' }
    expect(chooseEngines({ pythons: [old], engines: [tool('uv')] }, ['3.11'], '/p')).toEqual([])
  })

  it('does not take 3.1 for 3.11', () => {
    expect(chooseEngines({ pythons: [{ path: 'x', version: '3.11.7' }], engines: [] }, ['3.1'], '/p')).toEqual([])
  })
})

describe('environment of a child', () => {
  it('leaves out what would change what is imported, and keeps the rest', () => {
    const child = childEnvironment(
      { A: '1' },
      {
        HOME: '/h',
        PATH: '/bin',
        PYTHONPATH: '/x',
        CONDA_PREFIX: '/c',
        VIRTUAL_ENV: '/v',
        PIP_CERT: '/ca',
        LD_LIBRARY_PATH: '/cuda',
      },
    )
    expect(child).toMatchObject({
      HOME: '/h',
      PATH: '/bin',
      PIP_CERT: '/ca',
      LD_LIBRARY_PATH: '/cuda',
      A: '1',
      PYTHONUTF8: '1',
    })
    expect(Object.keys(child)).not.toEqual(expect.arrayContaining(['PYTHONPATH']))
    expect(child['CONDA_PREFIX'] ?? child['VIRTUAL_ENV']).toBeUndefined()
  })

  it("drops an AppImage's libraries", () => {
    expect(
      childEnvironment({}, { APPIMAGE: '/a.AppImage', LD_LIBRARY_PATH: '/tmp/.mount' })['LD_LIBRARY_PATH'],
    ).toBeUndefined()
  })

  it("keeps what an AppImage's lists hold of the user's", () => {
    const mount = '/tmp/.mount_verlXY'
    const base = {
      APPIMAGE: '/a.AppImage',
      APPDIR: mount,
      PATH: `${mount}:${mount}/usr/sbin:/usr/bin:/bin`,
      LD_LIBRARY_PATH: `${mount}/usr/lib:/usr/local/cuda/lib64`,
      XDG_DATA_DIRS: `./share/:${mount}/usr/share:/usr/share`,
      LD_PRELOAD: `${mount}/x.so`,
    }
    expect(childEnvironment({}, base)).toMatchObject({
      PATH: '/usr/bin:/bin',
      LD_LIBRARY_PATH: '/usr/local/cuda/lib64',
      XDG_DATA_DIRS: '/usr/share',
    })
    expect(childEnvironment({}, base)['LD_PRELOAD']).toBeUndefined()
  })

  it('drops what an activated conda, mamba or venv leaves in the variables', () => {
    const inherited = [
      ['CONDA_PREFIX', '_CONDA_ROOT', '_CE_M', '_CE_CONDA', 'CONDA_ENVS_PATH', 'CONDA_OVERRIDE_CUDA'],
      ['MAMBA_ROOT_PREFIX', 'MAMBA_NO_RC', 'MAMBARC', 'PIXI_HOME', 'VIRTUAL_ENV_PROMPT', '_OLD_VIRTUAL_PATH'],
      ['PYTHONPATH', 'PYTHONHOME', '_PYTHON_SYSCONFIGDATA_NAME', '__PYVENV_LAUNCHER__', 'PIP_ROOT', 'PIP_NO_DEPS'],
    ].flat()
    const child = childEnvironment({}, Object.fromEntries(inherited.map((name) => [name, 'x'])))
    expect(Object.keys(child).sort()).toEqual(['PYTHONNOUSERSITE', 'PYTHONUNBUFFERED', 'PYTHONUTF8'])
  })
})

describe('the lock', () => {
  const wheel = (name: string) => ({ url: `https://h/${name}`, size: 7, hashes: { sha256: 'aa' } })
  const pylock = (...names: string[]) => `[[packages]]
name = "x"
version = "1.0"
sdist = { url = "https://h/x-1.0.tar.gz", hashes = { sha256 = "bb" } }
wheels = [${names.map((name) => `{ url = "${wheel(name).url}", size = 7, hashes = { sha256 = "aa" } }`).join(', ')}]
`
  const tags = [
    'cp311-cp311-manylinux_2_36_x86_64',
    'cp311-cp311-manylinux_2_17_x86_64',
    'cp39-abi3-manylinux_2_17_x86_64',
    'py3-none-any',
  ]

  it('takes the wheel that Python itself would take', () => {
    const text = pylock(
      'x-1.0-py3-none-any.whl',
      'x-1.0-cp39-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
      'x-1.0-cp312-cp312-manylinux_2_17_x86_64.whl',
    )
    expect(readPylock(text, tags)).toEqual([
      {
        name: 'x',
        version: '1.0',
        url: 'https://h/x-1.0-cp39-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
        sha256: 'aa',
        size: 7,
      },
    ])
  })

  it('takes the source where no wheel fits this machine', () => {
    expect(readPylock(pylock('x-1.0-cp311-cp311-musllinux_1_1_x86_64.whl'), tags)[0]?.url).toBe(
      'https://h/x-1.0.tar.gz',
    )
  })

  it('asks the index of torch for torch alone', () => {
    const text = projectOf(['torch==2.7.1', 'numpy'], { address: 'https://m.example/whl/cu118', layout: 'index' })
    expect(text).toContain('explicit = true')
    expect(text).toMatch(/\[tool\.uv\.sources\.?[^\]]*\]\n?.*torch/s)
    expect(projectOf(['torch==2.7.1'], null)).not.toContain('tool')
  })
})

describe('a record', () => {
  it('is read with commas, quotes and files that say nothing of themselves', () => {
    expect(parseRecord('a/b.py,sha256=xyz,12\n"a/odd, ""name"".py",sha256=q,3\r\nx.dist-info/RECORD,,\n')).toEqual([
      { path: 'a/b.py', digest: 'sha256=xyz', size: 12 },
      { path: 'a/odd, "name".py', digest: 'sha256=q', size: 3 },
      { path: 'x.dist-info/RECORD', digest: '', size: null },
    ])
  })
})

describe('the health of the parts', () => {
  const recipe = Recipe.parse({
    id: 'r',
    tested: '',
    pythons: ['3.11'],
    packages: ['a==1'],
    constraints: [],
    torchIndex: null,
    modules: ['a'],
    diskBytes: 1,
  })
  const probe: ProbeReport = {
    python: { version: '3.11.7', executable: '/p', glibc: '2.36' },
    modules: [],
    torch: null,
    gpus: [],
    attention: [],
    nccl: null,
    undeclared: [],
    findings: [],
  }
  const states = (parts: ReturnType<typeof healthOf>) => Object.fromEntries(parts.map(({ id, state }) => [id, state]))

  it('names the part that is broken and no other', () => {
    const noKernel = { code: 'NO_KERNEL_FOR_CARD', severity: 'error' as const, params: {} }
    const seen = {
      recipe,
      pythonStarts: true,
      unwhole: [],
      added: [],
      patchTrouble: null,
      probe: { ...probe, findings: [noKernel] },
    }
    expect(states(healthOf(seen))).toEqual({
      python: 'ok',
      packages: 'ok',
      patches: 'none',
      imports: 'ok',
      card: 'broken',
    })
    const patched = { ...seen, recipe: { ...recipe, patches: 'p' }, patchTrouble: 'digest', probe }
    expect(states(healthOf(patched))).toEqual({
      python: 'ok',
      packages: 'ok',
      patches: 'broken',
      imports: 'ok',
      card: 'none',
    })
  })

  it('does not claim to have imported anything where Python does not start', () => {
    const seen = { recipe, pythonStarts: false, unwhole: [], added: ['x'], patchTrouble: null, probe: null }
    expect(states(healthOf(seen))).toEqual({
      python: 'broken',
      packages: 'warning',
      patches: 'none',
      imports: 'unknown',
      card: 'none',
    })
  })
})

describe('the ledger of space', () => {
  it('never promises the same bytes twice, and gives back what was not used', async () => {
    const ledger = createLedger(() => Promise.resolve(100))
    const first = await ledger.reserve('/tmp', 70)
    await expect(ledger.reserve('/tmp', 40)).rejects.toMatchObject({
      data: { code: 'DISK_FULL', params: { freeBytes: 30 } },
    })
    first.landed(20)
    const second = await ledger.reserve('/tmp', 40)
    expect(await ledger.reserved('/tmp')).toBe(90)
    first.release()
    second.release()
    expect(await ledger.reserved('/tmp')).toBe(0)
  })

  it('answers two who ask in the same moment as two', async () => {
    const ledger = createLedger(() => Promise.resolve(100))
    const both = await Promise.allSettled([ledger.reserve('/tmp', 70), ledger.reserve('/tmp', 70)])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })
})

it('a package file keeps the name that pip must see, decoded, and local ones stay where they are', () => {
  const file = { name: 'torch', version: '2', sha256: null, size: null }
  expect(localFile('/w', { ...file, url: 'https://h/x/torch-2.13.0%2Bcpu-cp311.whl#sha256=1' })).toBe(
    '/w/torch-2.13.0+cpu-cp311.whl',
  )
  expect(localFile('/w', { ...file, url: 'file:///opt/a%20b/torch.whl' })).toBe('/opt/a b/torch.whl')
})

it('every recipe names the source-only packages it may build among what it pins', async () => {
  for (const recipe of (await loadRecipes(resolve('resources'))).values()) {
    const pinned = [...recipe.packages, ...recipe.constraints].map((line) => line.split(/[=[]/)[0])
    expect(pinned).toEqual(expect.arrayContaining(recipe.sources))
  }
})

it('the practice recipe fits its schema and pins every package it asks for', async () => {
  const recipe = await loadRecipe(resolve('resources'), 'practice-cpu')
  for (const line of [...recipe.packages, ...recipe.constraints]) expect(line).toMatch(/^[A-Za-z0-9_.-]+==[^=]+$/)
  expect(join(...recipe.modules)).toContain('torch')
})

describe('rate', () => {
  it('is of the last seconds, unknown at first, and starts over with the count', () => {
    let now = 0
    const meter = createMeter(() => now, 4_000)
    expect(meter.rate(0)).toBeNull()
    now = 1_000
    expect(meter.rate(500)).toBe(500)
    for (now = 2_000; now <= 10_000; now += 1_000) meter.rate(500)
    expect(meter.rate(500)).toBe(0)
    now = 11_000
    expect(meter.rate(10)).toBeNull()
  })
})
