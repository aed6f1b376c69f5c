import { spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { EnvironmentView, TerminalEvent } from '#contract'
import { identityOf, isAlive } from '../../main/core/proc/identity'
import { createTerminals, type Terminals } from '../../main/core/terminal/terminals'
import { UNACKED_LIMIT } from '../../main/core/terminal/output'
import { until } from '../e2e/support/processes'

/** What a page does with a terminal: draws it, says so, and types. */
class Viewer {
  text = ''
  last: TerminalEvent | null = null
  /** Drawn and not said. */
  owed = 0
  acknowledges = true
  readonly over: Promise<void>
  readonly #leaving = new AbortController()

  constructor(
    readonly terminals: Terminals,
    readonly id: string,
  ) {
    this.over = this.#follow()
  }

  async #follow(): Promise<void> {
    for await (const event of this.terminals.watch(this.id, this.#leaving.signal)) {
      this.last = event
      if (event.kind === 'attached') this.text += event.text
      if (event.kind !== 'output') continue
      this.text += event.text
      this.owed += event.bytes
      if (this.acknowledges) this.pay()
    }
  }

  pay(): void {
    this.terminals.ack(this.id, this.owed)
    this.owed = 0
  }

  type(line: string): void {
    this.terminals.write(this.id, `${line}\r`)
  }

  shows(text: string | RegExp, ms?: number): Promise<void> {
    const seen = () => (typeof text === 'string' ? this.text.includes(text) : text.test(this.text))
    return until(seen, `${String(text)} in ${this.text.slice(-500)}`, ms)
  }

  async leave(): Promise<void> {
    this.#leaving.abort()
    await this.over
  }
}

const size = { cols: 80, rows: 24 }
let folder: string
let terminals: Terminals
let variables: Record<string, string>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'launchpad 终端 '))
  const bin = join(folder, 'envs', 'practice 环境', 'prefix', 'bin')
  await mkdir(bin, { recursive: true })
  await writeFile(join(bin, 'python'), '#!/bin/sh\necho python of the environment\n')
  await chmod(join(bin, 'python'), 0o755)
  variables = { PATH: process.env['PATH'] ?? '', HOME: folder, SHELL: '/bin/bash', LANG: 'C.UTF-8', PS1: 'ready$ ' }
  const view = { id: 'e', path: join(bin, '..', '..'), program: join(bin, 'python') } as EnvironmentView
  terminals = createTerminals({
    root: folder,
    resources: resolve('resources'),
    environment: (id) => (id === 'e' ? view : undefined),
    variables: () => variables,
  })
})
afterEach(() => terminals.dispose())

async function open(): Promise<Viewer> {
  const { id } = await terminals.open({ environment: 'e', ...size })
  return new Viewer(terminals, id)
}

/** The pid that a shell was told to print as `name=pid`. */
async function pidOf(viewer: Viewer, name: string): Promise<number> {
  await viewer.shows(new RegExp(`${name}=\\d+\\s`))
  return Number(new RegExp(`${name}=(\\d+)\\s`).exec(viewer.text)?.[1])
}

const gone = (pid: number) => {
  const identity = identityOf(pid)
  return identity === null || !isAlive(identity)
}

describe('a shell in an environment', () => {
  it('answers, starts in the data folder, and finds the Python of the environment first', async () => {
    // A start-up file that does what conda and pyenv do.
    const other = join(folder, 'other')
    await mkdir(other)
    await writeFile(join(other, 'python'), '#!/bin/sh\necho another python\n', { mode: 0o755 })
    await writeFile(
      join(folder, '.bashrc'),
      `export PATH=${JSON.stringify(other)}:$PATH PYTHONPATH=/x\nalias mine='echo alias of the user'\n`,
    )
    const viewer = await open()
    viewer.type('pwd; python; mine; echo "[$PYTHONPATH$LAUNCHPAD_BIN]"')
    await viewer.shows('python of the environment')
    await viewer.shows('alias of the user')
    await viewer.shows('[]')
    expect(viewer.text).toContain(`${folder}\r\n`)
    expect(viewer.text).not.toContain('another python')
  })

  it('programs see the size, and its changes', async () => {
    const viewer = await open()
    viewer.type('stty size')
    await viewer.shows('24 80')
    terminals.resize(viewer.id, { cols: 91, rows: 33 })
    viewer.type('stty size')
    await viewer.shows('33 91')
  })

  it('Ctrl-C ends what runs in it, and the shell stays', async () => {
    const viewer = await open()
    viewer.type('sleep 600')
    await viewer.shows('sleep 600')
    await until(() => /sleep/.test(viewer.text), 'the command')
    viewer.terminals.write(viewer.id, '\u0003')
    viewer.type('echo ended with $?')
    await viewer.shows('ended with 130')
  })

  it('says how it ended, with its last words, and is then forgotten', async () => {
    const viewer = await open()
    viewer.type('seq 1 2000; echo last words; exit 3')
    await viewer.over
    expect(viewer.last).toEqual({ kind: 'ended', end: { code: 3, signal: null } })
    expect(viewer.text).toMatch(/1999\r\n2000\r\nlast words\r\n/)
    expect(terminals.list()).toEqual([])
  })

  it('a long paste arrives whole', async () => {
    const viewer = await open()
    viewer.type("stty -echo; cat > pasted.txt <<'END'")
    const lines = Array.from({ length: 5000 }, (_, n) => `line ${n} 汉字汉字`).join('\r')
    viewer.type(lines)
    viewer.type('END\rstty echo; wc -l < pasted.txt; echo ok')
    await viewer.shows(/ok\r\n/)
    expect((await readFile(join(folder, 'pasted.txt'), 'utf8')).split('\n')).toHaveLength(5001)
  })

  it('characters that arrive in pieces are whole', async () => {
    const viewer = await open()
    viewer.type(String.raw`for b in '\xe6' '\xb1' '\x89' '\xe5\xad' '\x97!'; do printf "$b"; sleep 0.05; done; echo`)
    await viewer.shows('汉字!')
    viewer.type('yes 汉字汉字汉字 | head -n 40000; echo done here')
    await viewer.shows(/\ndone here/)
    expect(viewer.text).not.toContain('\ufffd')
  })

  it('a name that is no environment opens nothing', async () => {
    await expect(terminals.open({ environment: 'nobody', ...size })).rejects.toMatchObject({
      data: { code: 'NOT_FOUND' },
    })
  })
})

describe('a flood', () => {
  it('waits for a slow viewer, and arrives whole once it draws', async () => {
    const viewer = await open()
    await viewer.shows(/[$#] /)
    viewer.acknowledges = false
    const before = process.memoryUsage().rss
    viewer.text = ''
    viewer.type('yes 0123456789 | head -c 20000000; echo; echo the end')
    await until(() => viewer.owed >= UNACKED_LIMIT, 'the limit')
    await new Promise((done) => setTimeout(done, 500))
    // Beyond the limit only what was already read when the pseudo-terminal was paused.
    expect(viewer.owed).toBeLessThan(UNACKED_LIMIT + 64 * 1024)
    const stopped = viewer.owed
    await new Promise((done) => setTimeout(done, 300))
    expect(viewer.owed).toBe(stopped)
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024)
    viewer.acknowledges = true
    viewer.pay()
    await until(() => viewer.text.includes('\nthe end'), 'the end', 50_000)
    // Each line end is drawn as two characters.
    expect(viewer.text.length).toBeGreaterThan(20_000_000)
  })

  it('Ctrl-C ends it while the viewer is behind', async () => {
    const viewer = await open()
    viewer.acknowledges = false
    viewer.type('yes flood')
    await until(() => viewer.owed >= UNACKED_LIMIT, 'the limit')
    terminals.write(viewer.id, '\u0003')
    viewer.acknowledges = true
    viewer.pay()
    viewer.type('echo calm $((40+2))')
    await viewer.shows('calm 42')
  })

  it('goes on without a viewer, and a new one sees the end of it', async () => {
    const first = await open()
    first.acknowledges = false
    first.type('yes 汉字 | head -n 200000; echo it is $((40+2))')
    await until(() => first.owed >= UNACKED_LIMIT, 'the limit')
    await first.leave()
    const second = new Viewer(terminals, first.id)
    await second.shows('it is 42')
    expect(terminals.list()).toEqual([{ id: first.id, environment: 'e', running: true }])
    expect(second.text).not.toContain('\ufffd')
  })
})

it('a second viewer takes it over', async () => {
  const first = await open()
  first.type('echo seen by $((1+1))')
  await first.shows('seen by 2')
  const second = new Viewer(terminals, first.id)
  await first.over
  expect(first.last).toEqual({ kind: 'taken' })
  await second.shows('seen by 2')
  second.type('echo and $((5*5))')
  await second.shows('and 25')
  expect(first.text).not.toContain('and 25')
})

describe('the end of a terminal', () => {
  it('closing it ends what was started in it: foreground, background, stopped, and deaf to SIGHUP', async () => {
    const viewer = await open()
    viewer.type('echo shell=$$; sleep 601 & echo back=$!; sleep 602 & echo halted=$!; kill -STOP $!')
    viewer.type(`(trap '' HUP TERM; echo deaf=$BASHPID; while :; do sleep 1; done)`)
    const pids = [await pidOf(viewer, 'shell'), await pidOf(viewer, 'back')]
    pids.push(await pidOf(viewer, 'halted'), await pidOf(viewer, 'deaf'))
    await terminals.close(viewer.id)
    expect(pids.map(gone)).toEqual([true, true, true, true])
    expect(terminals.list()).toEqual([])
  })

  it('with the core all of them end', async () => {
    const viewer = await open()
    viewer.type('echo shell=$$; sleep 603 & echo back=$!')
    const pids = [await pidOf(viewer, 'shell'), await pidOf(viewer, 'back')]
    await terminals.dispose()
    await viewer.over
    expect(pids.map(gone)).toEqual([true, true])
    await expect(terminals.open({ environment: 'e', ...size })).rejects.toMatchObject({ data: { code: 'CANCELLED' } })
  })

  it('a core that is killed takes its shells along', async () => {
    // Only node-pty itself, in a process that can be killed: what ends the shell is the system.
    const program = `
      import('@lydell/node-pty').then(({ spawn }) => {
        const pty = spawn('/bin/bash', ['--norc'], { cols: 80, rows: 24, env: { ...process.env, PS1: '$ ' } })
        pty.onData((data) => process.stdout.write(data))
        pty.write('sleep 604 & echo back=$! shell=$$ \\r')
      })`
    const core = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    core.stdout.on('data', (data: Buffer) => (text += data.toString()))
    await until(() => /back=\d+ shell=\d+\s/.test(text), 'the shell')
    const [, back, shell] = /back=(\d+) shell=(\d+)/.exec(text) ?? []
    expect([back, shell].map((pid) => gone(Number(pid)))).toEqual([false, false])
    core.kill('SIGKILL')
    await until(() => [back, shell].every((pid) => gone(Number(pid))), 'the shell to be gone')
  })
})
