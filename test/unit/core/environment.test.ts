import { describe, expect, it } from 'vitest'
import { join, resolve } from 'node:path'
import { chooseEngines } from '../../../main/core/env/engine'
import { loadRecipe } from '../../../main/core/env/recipe'
import { explainPip, localFile } from '../../../main/core/env/resolve'
import { createMeter } from '../../../main/core/jobs/meter'
import { childEnvironment } from '../../../main/core/proc/environment'

const python = { path: '/usr/bin/python3', version: '3.11.7' }
const tool = (name: string) => ({ name, path: name, version: '1.0' })

describe('choice of the engine', () => {
  it('takes conda first, then uv, then venv, of what is there', () => {
    const all = chooseEngines(
      { pythons: [python], engines: [tool('uv'), tool('conda'), tool('micromamba')] },
      ['3.11'],
      '/p',
    )
    expect(all.map(({ engine }) => engine)).toEqual(['conda', 'uv', 'venv'])
    expect(all[0]?.create[0]).toBe('micromamba')
    expect(chooseEngines({ pythons: [python], engines: [] }, ['3.11'], '/p').map(({ engine }) => engine)).toEqual([
      'venv',
    ])
  })

  it('offers nothing when no Python fits, rather than one that does not', () => {
    expect(
      chooseEngines(
        { pythons: [{ path: '/usr/bin/python3', version: '3.8.10' }], engines: [tool('uv')] },
        ['3.11'],
        '/p',
      ),
    ).toEqual([])
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

describe('what pip says', () => {
  it('is a network fault with its address when an index does not answer', () => {
    const output = `WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError("HTTPSConnection(host='mirror.example', port=443): Failed to establish a new connection: [Errno 111] Connection refused")': /simple/torch/
ERROR: Could not find a version that satisfies the requirement torch==2.13.0 (from versions: none)`
    expect(explainPip(output)).toMatchObject({ code: 'NETWORK_UNREACHABLE', address: 'mirror.example' })
  })

  it('is an unresolved package when the index answers and does not have it', () => {
    const output =
      'ERROR: Could not find a version that satisfies the requirement nope==9 (from versions: 1.0)\nERROR: No matching distribution found for nope==9'
    expect(explainPip(output)).toEqual({
      code: 'PACKAGES_UNRESOLVED',
      detail: 'ERROR: No matching distribution found for nope==9',
    })
  })
})

it('a package file keeps the name that pip must see, decoded, and local ones stay where they are', () => {
  const file = { name: 'torch', version: '2', sha256: null }
  expect(localFile('/w', { ...file, url: 'https://h/x/torch-2.13.0%2Bcpu-cp311.whl#sha256=1' })).toBe(
    '/w/torch-2.13.0+cpu-cp311.whl',
  )
  expect(localFile('/w', { ...file, url: 'file:///opt/a%20b/torch.whl' })).toBe('/opt/a b/torch.whl')
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
