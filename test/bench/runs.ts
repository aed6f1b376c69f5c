import { execa } from 'execa'
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { openDoor } from '#core'
import { printCharts } from './charts-page'
import { benchRoot, startBrowser } from './page'
import { endRun, pause, processesOf, startRun, until } from './run'
import { cpuSeconds, residentBytes, startServer } from './server'
import { mb, median, ms, print } from './table'

/*
 * What watching a training costs: the supervisor and the core beside a trainer, attaching to a long one, starting one,
 * and a page with charts. `npm run bench -- runs`.
 */

const CHILD = 'runs-attach-child'
const RATE = 200
const ROUNDS = 9
const script = resolve('test/bench/verl_lines.py')
const door = (root: string) => openDoor({ root, resources: resolve('resources'), version: 'bench' })

export async function printRuns({ seconds, parts }: { seconds: number; parts: readonly string[] }): Promise<void> {
  if (parts.includes('overhead')) await printOverhead(seconds)
  if (parts.includes('attach')) await printAttach()
  if (parts.includes('start')) await printStart()
  if (parts.includes('charts')) await printCharts()
}

const percent = (share: number) => `${(share * 100).toFixed(2)} %`

/** Shares of a core that processes take over the next seconds. */
async function shares(seconds: number, ...pids: number[]): Promise<number[]> {
  const before = pids.map(cpuSeconds)
  const begun = performance.now()
  await pause(seconds * 1000)
  const spent = (performance.now() - begun) / 1000
  return pids.map((pid, index) => (cpuSeconds(pid) - (before[index] ?? 0)) / spent)
}

async function printOverhead(seconds: number): Promise<void> {
  const bare = await bareTerminal(seconds)
  const root = benchRoot()
  const idle = await withServer(root, (server) => shares(seconds, server))
  const { id, folder } = await startRun(root, {
    ...{ name: 'lines', argv: ['python3', script, String(RATE), String(RATE)], metrics: 'console' },
  })
  const { supervisor, trainer } = await processesOf(folder)
  await pause(2_000)
  const [alone = 0, trained = 0] = await shares(seconds, supervisor, trainer)
  const supervisorBytes = residentBytes(supervisor)
  const [watched, page, coreBytes] = await withServer(root, async (server, address) => {
    const [watching = 0] = await shares(seconds, server)
    return [watching, await withPage(address, id, () => shares(seconds, server, supervisor)), residentBytes(server)]
  })
  await endRun(folder)
  const without = idle[0] ?? 0
  print(`A trainer that prints ${RATE} lines and a step each second, for ${seconds} s each: shares of one core`, [
    { what: 'supervisor alone', ours: percent(alone), compared: `util-linux script: ${percent(bare.recorder)}` },
    { what: 'core that watches', ours: percent(watched), compared: `the same core with no run: ${percent(without)}` },
    {
      what: 'both, less what the core takes without a run',
      ours: percent(alone + watched - without),
      compared: 'aim: under 1 %',
    },
    { what: 'core with a page open on the run', ours: percent(page[0] ?? 0), compared: '' },
    { what: 'the trainer itself', ours: percent(trained), compared: `under script: ${percent(bare.trainer)}` },
    { what: 'supervisor, resident', ours: mb(supervisorBytes), compared: `script: ${mb(bare.bytes)}` },
    { what: 'core, resident', ours: mb(coreBytes), compared: '' },
  ])
}

/** The same program under util-linux's `script`, the usual way to keep a terminal's log. */
async function bareTerminal(seconds: number) {
  const child = spawn(
    'script',
    ['--quiet', '--command', `exec python3 ${script} ${RATE} ${RATE}`, join(benchRoot(), 'log')],
    {
      stdio: 'ignore',
    },
  )
  const pid = child.pid ?? 0
  await pause(2_000)
  const below = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim())
  const [recorder = 0, trainer = 0] = await shares(seconds, pid, below)
  const bytes = residentBytes(pid)
  child.kill()
  return { recorder, trainer, bytes }
}

async function withServer<T>(root: string, work: (pid: number, address: string) => Promise<T>): Promise<T> {
  const server = await startServer(root)
  try {
    await pause(5_000)
    return await work(server.pid, server.address)
  } finally {
    await server.stop()
  }
}

async function withPage<T>(address: string, id: string, work: () => Promise<T>): Promise<T> {
  const browser = await startBrowser()
  try {
    const page = await browser.newPage()
    await page.goto(address)
    await page.getByTestId('practice-start').waitFor()
    await page.evaluate((run) => (location.hash = `#/runs/${run}`), id)
    await page.getByTestId('chart-critic/rewards/mean').waitFor()
    await page.waitForTimeout(2_000)
    return await work()
  } finally {
    await browser.close()
  }
}

interface Attached {
  /** Until the first answer, and until it tells of everything that was there when it was asked. */
  openMs: number
  viewMs: number
}

/** Called by the bench itself in a process of its own: the core of an app that was just started. */
export async function wasRunsChild(): Promise<boolean> {
  const [name, root = '', id = '', step] = process.argv.slice(2)
  if (name !== CHILD) return false
  const begun = performance.now()
  const opened = door(root)
  const client = await opened.client()
  await client.snapshot()
  const openMs = performance.now() - begun
  await until(async () => {
    const view = (await client.snapshot()).runs[id]
    return (view?.lastStep ?? 0) >= Number(step) && view?.phase?.id === 'steps' ? view : undefined
  }, 5)
  console.log(JSON.stringify({ openMs, viewMs: performance.now() - begun }))
  await opened.dispose()
  return true
}

async function printAttach(): Promise<void> {
  const root = benchRoot()
  const empty = await repeat(() => showMs(benchRoot(), null))
  const lines = 200_000
  const { id, folder } = await startRun(root, {
    ...{ name: 'long', argv: ['python3', script, String(RATE), '20', String(lines)], metrics: 'console' },
  })
  const watch = join(folder, 'watch.json')
  const metrics = join(folder, 'metrics.jsonl')
  const steps = () => (existsSync(metrics) ? lastStep(metrics) : 0)
  await until(() => steps() >= lines / 20 || undefined, 200)
  const attach = async (): Promise<Attached> => {
    const args = [process.argv[1] ?? '', CHILD, root, id, String(steps())]
    return JSON.parse((await execa(process.execPath, args)).stdout) as Attached
  }
  const away = () => rmSync(watch, { force: true })
  const cold = await repeat(() => (away(), attach()))
  const shownCold = await repeat(() => (away(), showMs(root, id)))
  const warm = await repeat(attach)
  const shown = await repeat(() => showMs(root, id))
  const sizes = `${mb(statSync(join(folder, 'raw.log')).size)} of log, ${mb(statSync(metrics).size)} of metrics`
  await endRun(folder)
  const part = (name: keyof Attached, all: Attached[]) => ms(median(all.map((one) => one[name])))
  const { node } = process.versions
  print(`Attaching to a run with ${lines} lines and ${lines / 20} steps (${sizes}; median of ${ROUNDS})`, [
    { what: 'core of a new process, first answer', ours: part('openMs', warm), compared: 'aim: at most 300 ms' },
    { what: 'and it knows the last step', ours: part('viewMs', warm), compared: 'aim: at most 300 ms' },
    { what: 'the same, nothing read before: first answer', ours: part('openMs', cold), compared: '' },
    { what: 'and it knows the last step', ours: part('viewMs', cold), compared: 'aim: at most 300 ms' },
    {
      what: 'launchpad runs show',
      ours: ms(median(shown)),
      compared: `runs list of an empty root: ${ms(median(empty))}`,
    },
    {
      what: 'the same, nothing read before',
      ours: ms(median(shownCold)),
      compared: `bare Node ${node}: ${ms(await bareNode())}`,
    },
  ])
}

function lastStep(file: string): number {
  const text = readFileSync(file, 'utf8')
  const line = text.slice(text.lastIndexOf('\n', text.length - 2) + 1)
  return Number(/"step": (\d+)/.exec(line)?.[1] ?? 0)
}

/** The whole command, as a user types it. */
async function showMs(root: string, id: string | null): Promise<number> {
  const words = id === null ? ['list'] : ['show', id]
  const begun = performance.now()
  await execa(process.execPath, ['dist/node/launchpad.mjs', 'runs', ...words, '--root', root])
  return performance.now() - begun
}

async function bareNode(): Promise<number> {
  return median(
    await repeat(async () => {
      const begun = performance.now()
      await execa(process.execPath, ['-e', '0'])
      return performance.now() - begun
    }),
  )
}

async function repeat<T>(work: () => Promise<T>): Promise<T[]> {
  const all: T[] = []
  for (let round = 0; round < ROUNDS; round += 1) all.push(await work())
  return all
}

/** The first line of the trainer is the time at which it is printed. */
const telling = 'import time; print(time.time() * 1000, flush=True)'

async function printStart(): Promise<void> {
  const root = benchRoot()
  const venv = join(root, 'own-venv')
  await execa('python3', ['-m', 'venv', '--without-pip', venv])
  const opened = door(root)
  const client = await opened.client()
  const { id: environment, program } = await client.environments.adopt({ path: venv })
  const argv = [program, '-u', '-c', telling]
  const ours = async () => {
    const work = { kind: 'command', argv, cwd: null, env: {}, steps: null } as const
    const request = { name: 'start', work, environment, restarts: 0, cluster: null }
    const begun = Date.now()
    const { run } = await client.runs.start({ requestId: `bench-${begun}-${Math.random()}`, request })
    const log = join(root, 'runs', run, 'raw.log')
    const line = await until(
      () => (existsSync(log) && readFileSync(log, 'utf8').includes('\n') ? readFileSync(log, 'utf8') : undefined),
      5,
    )
    await until(async () => ((await client.snapshot()).runs[run]?.endedAt ?? null) !== null || undefined)
    return { said: Number(line) - begun, recorded: statSync(log).mtimeMs - begun }
  }
  const bare = async () => {
    const begun = Date.now()
    const { stdout } = await execa(program, argv.slice(1))
    return Number(stdout) - begun
  }
  const first = await ours()
  const both = await repeat(async () => ({ ...(await ours()), bare: await bare() }))
  await opened.dispose()
  const of = (name: 'said' | 'recorded' | 'bare') => median(both.map((one) => one[name]))
  print(`From runs.start to the trainer's first line (median of ${ROUNDS})`, [
    { what: 'the trainer prints it', ours: ms(of('said')), compared: `a bare start of the same: ${ms(of('bare'))}` },
    { what: 'more than a bare start', ours: ms(of('said') - of('bare')), compared: 'aim: at most 300 ms' },
    { what: 'it is in the log', ours: ms(of('recorded')), compared: '' },
    { what: 'the first of a new data folder', ours: ms(first.said), compared: '' },
  ])
}
