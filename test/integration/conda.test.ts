import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Agent } from 'undici'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { MachineReport } from '#contract'
import { condaEngine, type MakeOptions } from '../../main/core/env/conda/engine'
import { condaPackages, explicitLock } from '../../main/core/env/conda/explicit'
import { condaPlatform } from '../../main/core/env/conda/tools'
import { activationVariables, withVariables } from '../../main/core/env/variables'
import { AppError } from '../../main/core/errors'
import { childEnvironment } from '../../main/core/proc/environment'
import { buildChannel, serveChannel, type Channel, type ChannelServer, type Fault } from '../support/conda-channel'

/** Real packages from a real channel on loopback; the program is `fake-micromamba`, which solves and installs with rattler. */
let channel: Channel
let server: ChannelServer
let fault: (path: string) => Fault
let root: string
let home: string
const { HOME: usualHome } = process.env

beforeAll(() => {
  channel = buildChannel()
}, 300_000)
beforeEach(async () => {
  fault = () => null
  server = await serveChannel(channel.folder, (path) => fault(path))
  root = mkdtempSync(join(tmpdir(), 'launchpad conda 环境 '))
  home = join(root, 'home of the user')
  mkdirSync(home)
  // Of no use to us: whoever reads it asks an address that does not answer.
  writeFileSync(join(home, '.condarc'), 'channels: ["http://127.0.0.1:9/poison"]\npkgs_dirs: ["/nonexistent"]\n')
  writeFileSync(join(home, '.mambarc'), 'channels: ["http://127.0.0.1:9/poison"]\n')
  process.env['HOME'] = home
})
afterEach(() => {
  server.close()
  process.env['HOME'] = usualHome
  rmSync(root, { recursive: true, force: true })
})

const prefix = () => join(root, 'envs', 'one', 'prefix')
const cache = () => join(root, 'cache')

function engine(channels = () => server.address, engines: MachineReport['engines'] = []) {
  const network = {
    environment: () => ({ NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' }),
    dispatcher: () => new Agent(),
    channels,
    caFile: () => null,
    proxy: () => null,
  }
  return condaEngine({ cache: cache(), tools: channel.tools, engines: () => engines, network })
}

const make = (options: Partial<MakeOptions> = {}, made = engine()) =>
  made.make({
    prefix: prefix(),
    python: channel.python,
    signal: new AbortController().signal,
    onLine: () => undefined,
    onStart: () => undefined,
    progress: () => undefined,
    ...options,
  })

const failure = async (promise: Promise<unknown>) => {
  const thrown = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(thrown instanceof AppError)) throw new Error(`no code: ${String(thrown)}`)
  return thrown.data
}

const run = (file: string, argv: string[], environment = childEnvironment({})) =>
  spawnSync(file, argv, { encoding: 'utf8', env: environment })

/** Every file of a folder with its content. */
function contents(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))
  return Object.fromEntries(
    files.filter((file) => statSync(file).isFile()).map((file) => [file, readFileSync(file, 'utf8')]),
  )
}

describe('a prefix of conda packages', () => {
  it('is made with our own micromamba in a folder with spaces and 汉字; its Python and its pip run', async () => {
    const seen: number[] = []
    const program = await make({ progress: ({ done, unit }) => unit === 'items' && seen.push(done) })
    expect(program).toMatchObject({ name: 'micromamba', version: '2.9.0' })
    const python = run(join(prefix(), 'bin', 'python'), ['-c', 'import sys, ssl; print(sys.prefix)'])
    expect(python.stdout.trim()).toBe(prefix())
    expect(run(join(prefix(), 'bin', 'pip'), ['--version']).stdout).toContain(prefix())
    // A script whose prefix stands in its first line, not made by the installer.
    expect(run(join(prefix(), 'bin', 'greet'), []).stdout.trim()).toBe('hello')
    expect(seen.at(-1)).toBe(3)
  })

  it("is made without the user's rc files being followed or a file being written there", async () => {
    const before = contents(home)
    await make()
    expect(contents(home)).toEqual(before)
    // Where the program believed the home folder to be, it did write.
    const registered = join(cache(), 'conda', 'home', '.conda', 'environments.txt')
    expect(readFileSync(registered, 'utf8')).toContain(prefix())
  })

  it('fetches the program once, and again when it was damaged on the disk', async () => {
    const program = await make()
    const fetched = () => server.asked.filter((path) => path.includes('/micromamba-')).length
    await make()
    expect(fetched()).toBe(1)
    writeFileSync(program.path, 'something else')
    await make()
    expect(fetched()).toBe(2)
    expect(readdirSync(dirname(program.path))).toEqual(['micromamba'])
  })

  it('tells which packages are in it, and has a lock that names the file of each', async () => {
    await make()
    const packages = await condaPackages(prefix())
    expect(packages.map(({ name }) => name)).toEqual(['greeting', 'pip', 'python'])
    const lock = explicitLock(packages, condaPlatform())
    expect(lock.split('\n')[1]).toBe('@EXPLICIT')
    for (const { url, md5 } of packages) expect(lock).toContain(`${url}#${md5}`)
  })

  it('has the variables of an activated one, from its packages and their scripts', async () => {
    await make()
    const signal = new AbortController().signal
    const variables = await activationVariables(prefix(), 'conda', { base: process.env, signal })
    expect(variables).toMatchObject({
      CONDA_PREFIX: prefix(),
      GREETING_DECLARED: 'yes',
      GREETING_HOME: join(prefix(), 'share', 'greeting'),
      GREETING_LINES: 'one\ntwo',
      PYTHONHOME: null,
    })
    const child = withVariables(childEnvironment({}), variables)
    expect(run('python', ['-c', 'import sys; print(sys.prefix)'], child).stdout.trim()).toBe(prefix())
  })
})

describe('a program that the machine has', () => {
  it('is used, and none is fetched', async () => {
    const { path } = await make()
    const mine = join(root, 'micromamba')
    writeFileSync(mine, readFileSync(path), { mode: 0o755 })
    rmSync(join(cache(), 'tools'), { recursive: true })
    const asked = server.asked.length
    const found = [{ name: 'micromamba', path: mine, version: '2.9.0' }]
    expect((await make({}, engine(undefined, found))).path).toBe(mine)
    expect(server.asked.slice(asked).some((path) => path.includes('/micromamba-'))).toBe(false)
  })

  it('and that is broken gives way to our own', async () => {
    const broken = join(root, 'conda')
    writeFileSync(broken, '#!/bin/sh\necho "ModuleNotFoundError: No module named conda" >&2\nexit 1\n', { mode: 0o755 })
    const found = [{ name: 'conda', path: broken, version: '24.1.0' }]
    const said: string[] = []
    const program = await make({ onLine: (line) => said.push(line) }, engine(undefined, found))
    expect(program.name).toBe('micromamba')
    expect(said.join('\n')).toContain('ModuleNotFoundError')
  })
})

describe('a channel', () => {
  it('that is down is named', async () => {
    await make()
    const address = server.address
    server.close()
    expect(await failure(make())).toMatchObject({
      code: 'NETWORK_UNREACHABLE',
      params: { address: new URL(address).host },
    })
  })

  it('that is down before the program could be fetched is named, too', async () => {
    const down = engine(() => 'http://127.0.0.1:9')
    expect(await failure(make({}, down))).toMatchObject({
      code: 'NETWORK_UNREACHABLE',
      params: { address: '127.0.0.1:9' },
    })
  })

  it('that lacks a package it lists says which', async () => {
    fault = (path) => (path.includes('/python-') ? 'missing' : null)
    expect(await failure(make())).toMatchObject({
      code: 'FILE_NOT_OFFERED',
      params: { file: expect.stringMatching(/^python-.*\.conda$/) as unknown, status: 404 },
    })
  })

  it('that is not there at all is a file not offered', async () => {
    await make()
    fault = () => 'missing'
    rmSync(join(cache(), 'conda', 'pkgs'), { recursive: true })
    expect(await failure(make())).toMatchObject({ code: 'FILE_NOT_OFFERED', params: { status: 404 } })
  })

  it('that sends a damaged package is found out', async () => {
    fault = (path) => (path.includes('/pip-') ? 'damaged' : null)
    expect((await failure(make())).code).toBe('DIGEST_MISMATCH')
  })

  it('that sends a damaged micromamba is found out, and nothing of it is kept', async () => {
    fault = (path) => (path.includes('/micromamba-') ? 'damaged' : null)
    expect((await failure(make())).code).toBe('DIGEST_MISMATCH')
    expect(existsSync(join(cache(), 'tools', 'micromamba-2.9.0', 'micromamba'))).toBe(false)
  })

  it('that has no such Python says so in the words of the solver', async () => {
    expect(await failure(make({ python: '3.99' }))).toMatchObject({
      code: 'PACKAGES_UNRESOLVED',
      params: { detail: expect.stringContaining('python 3.99') as unknown },
    })
  })
})

describe('cut off in the middle', () => {
  const gone = (pid: number) => {
    try {
      process.kill(-pid, 0)
      return false
    } catch {
      return true
    }
  }
  /** Resolves when a package is on its way and does not come further. */
  const stalled = async (): Promise<void> => {
    while (!server.asked.some((path) => path.includes('/python-'))) await new Promise((done) => setTimeout(done, 20))
  }

  it('by a kill, it is made whole by the next try', async () => {
    fault = (path) => (path.includes('/python-') ? 'stalls' : null)
    let pid = 0
    const first = failure(make({ onStart: (started) => (pid = started) }))
    await stalled()
    process.kill(-pid, 'SIGKILL')
    expect((await first).code).toBe('ENVIRONMENT_UNAVAILABLE')
    fault = () => null
    await make()
    expect(run(join(prefix(), 'bin', 'pip'), ['--version']).status).toBe(0)
    expect((await condaPackages(prefix())).length).toBe(3)
  })

  it('by a cancel, no process is left', async () => {
    fault = (path) => (path.includes('/python-') ? 'stalls' : null)
    const cancel = new AbortController()
    let pid = 0
    const made = make({ signal: cancel.signal, onStart: (started) => (pid = started) })
    await stalled()
    cancel.abort()
    await expect(made).rejects.toThrow(/abort/i)
    expect(pid > 0 && gone(pid)).toBe(true)
  })
})
