import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { activationVariables, withVariables } from '../../../main/core/env/variables'
import { AppError } from '../../../main/core/errors'

let prefix: string
beforeEach(() => {
  prefix = mkdtempSync(join(tmpdir(), 'launchpad 前缀 '))
})
const put = (path: string, text: string) => {
  mkdirSync(dirname(join(prefix, path)), { recursive: true })
  writeFileSync(join(prefix, path), text)
}
const signal = new AbortController().signal
const conda = (base: NodeJS.ProcessEnv = {}) => activationVariables(prefix, 'conda', { base, signal })

describe('the variables of a conda prefix', () => {
  it('are those of its packages, then those set on it, then what the scripts make of them', async () => {
    put('etc/conda/env_vars.d/a.json', '{"one": "package", "TWO": "package", "THREE": 3}')
    put('conda-meta/state', '{"env_vars": {"TWO": "user", "GONE": "***unset***"}}')
    put('etc/conda/activate.d/a first.sh', 'export FOUR="$ONE-$TWO"\nexport PATH="$CONDA_PREFIX/cuda/bin:$PATH"')
    put('etc/conda/activate.d/b.sh', 'export FIVE="$FOUR!"\nunset THREE\nlocal_only=1')
    put('etc/conda/activate.d/c.fish', 'exit 1')
    const variables = await conda()
    expect(variables).toMatchObject({
      ONE: 'package',
      TWO: 'user',
      THREE: null,
      GONE: null,
      FOUR: 'package-user',
      FIVE: 'package-user!',
      CONDA_PREFIX: prefix,
      CONDA_DEFAULT_ENV: prefix,
      PYTHONHOME: null,
      VIRTUAL_ENV: null,
    })
    expect(variables['PATH']?.split(':').slice(0, 2)).toEqual([`${prefix}/cuda/bin`, `${prefix}/bin`])
    expect(variables).not.toHaveProperty('local_only')
  })

  it('keep values with lines and with an equals sign as they are', async () => {
    put('etc/conda/activate.d/a.sh', `export LINES="one\n\ntwo=2\n" EMPTY=`)
    expect(await conda()).toMatchObject({ LINES: 'one\n\ntwo=2\n', EMPTY: '' })
  })

  it("do not depend on the user's shell: neither its variables nor its start files", async () => {
    put('etc/conda/activate.d/a.sh', 'export SAW="${SECRET-nothing} ${LD_LIBRARY_PATH-nothing}"')
    put('home/.bashrc', 'export SECRET=rc')
    const base = {
      HOME: join(prefix, 'home'),
      BASH_ENV: join(prefix, 'home/.bashrc'),
      SECRET: 'x',
      LD_LIBRARY_PATH: '/y',
    }
    expect(await conda(base)).toMatchObject({ SAW: 'nothing nothing' })
  })

  it('cannot be had when a script ends the shell: it says so with what the script said', async () => {
    put('etc/conda/activate.d/a.sh', 'echo "no compiler here" >&2; exit 3')
    const thrown = await conda().catch((thrown: unknown) => thrown)
    expect(thrown).toBeInstanceOf(AppError)
    expect((thrown as AppError).data).toMatchObject({
      code: 'SCRIPT_FAILED',
      params: { exit: 3, detail: 'no compiler here' },
    })
  })

  it('come without the file of a package that is damaged', async () => {
    put('etc/conda/env_vars.d/a.json', '{"ONE": ')
    put('etc/conda/env_vars.d/b.json', '{"TWO": "2"}')
    const variables = await conda()
    expect(variables).toMatchObject({ TWO: '2' })
    expect(variables).not.toHaveProperty('ONE')
  })

  it('take no file name for shell text', async () => {
    put("etc/conda/activate.d/a';touch pwned;'.sh", 'export ONE=1')
    put('etc/conda/activate.d/$(touch pwned).sh', 'export TWO=2')
    expect(await conda()).toMatchObject({ ONE: '1', TWO: '2' })
  })
})

describe('variables laid over a child', () => {
  it("put the environment's programs first and keep the user's other folders once", async () => {
    const variables = await activationVariables(prefix, 'venv', { base: {}, signal })
    const child = withVariables({ PATH: '/opt/cuda/bin:/usr/bin', PYTHONHOME: '/x', KEPT: '1' }, variables)
    expect(child).toEqual({ PATH: `${prefix}/bin:/opt/cuda/bin:/usr/bin`, KEPT: '1', VIRTUAL_ENV: prefix })
    expect(withVariables(child, variables)).toEqual(child)
  })

  it('give the usual folders to a child without a PATH', async () => {
    const variables = await activationVariables(prefix, 'venv', { base: {}, signal })
    expect(withVariables({}, variables)['PATH']).toMatch(/\/bin:\/usr\/local\/sbin:.*\/usr\/bin/)
  })
})
