import { execa } from 'execa'
import { once } from 'node:events'
import { createWriteStream, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { finished } from 'node:stream/promises'
import { openDoor } from '#core'
import { loadKnowledge } from '../../main/core/diagnose/signatures'
import { benchRoot } from './page'
import { startRun } from './run'
import { mb, median, ms, print } from './table'

/* How fast `launchpad diagnose` judges a log, beside ripgrep with the same patterns on one core. `npm run bench -- diagnosis`. */

const real = resolve('test/fixtures/gpu-run/raw.log')
const died = `Traceback (most recent call last):
  File "/x/verl/workers/fsdp_workers.py", line 1, in update_actor
torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.16 GiB.
`
const ROUNDS = 5
const LOOK_MS = 20

interface Judged {
  seconds: number
  /** Of the whole process. */
  peakBytes: number
  signature: string | null
}

export async function printDiagnosis({ megabytes }: { megabytes: number }): Promise<void> {
  const root = benchRoot()
  const log = join(root, 'run.log')
  await writeLog(log, megabytes * 1e6)
  const bytes = statSync(log).size
  const speed = (seconds: number) => `${(bytes / 1e6 / seconds).toFixed(0)} MB/s`
  const judged = await rounds(() => judge(log, root))
  const first = judged[0]
  const patterns = join(root, 'patterns')
  const { signatures } = await loadKnowledge('resources')
  // Joined into one, two of its groups would have one name.
  const unnamed = signatures.flatMap(({ find }) => find.map((pattern) => pattern.replaceAll(/\(\?P<\w+>/g, '(?:')))
  writeFileSync(patterns, unnamed.join('\n'))
  const searched = await rounds(() => search(log, patterns))
  const ours = median(judged.map(({ seconds }) => seconds))
  const theirs = median(searched)
  print(
    `A log of ${mb(bytes)} (that of a real run, over and over, and a crash at its end), ${signatures.length} signatures`,
    [
      {
        what: 'judged',
        ours: speed(ours),
        compared: `ripgrep -f, one thread: ${speed(theirs)}; aim: at least 100 MB/s`,
      },
      { what: 'ratio to ripgrep', ours: (ours / theirs).toFixed(2), compared: 'times its time' },
      {
        what: 'memory of the whole process, at most',
        ours: mb(Math.max(...judged.map(({ peakBytes }) => peakBytes))),
        compared: 'aim: under 200 MB',
      },
      { what: 'found', ours: first?.signature ?? 'nothing', compared: 'cuda-oom' },
    ],
  )
  rmSync(log)
  print('From the end of a process to its cause', [
    {
      what: 'in the list of runs',
      ours: ms(median(await rounds(() => untilVerdict(root)))),
      compared: 'aim: within 1000 ms',
    },
  ])
}

async function rounds<T>(measure: () => Promise<T>): Promise<T[]> {
  const found: T[] = []
  for (let round = 0; round < ROUNDS; round += 1) found.push(await measure())
  return found
}

async function writeLog(path: string, size: number): Promise<void> {
  const text = readFileSync(real)
  const out = createWriteStream(path)
  for (let written = 0; written < size; written += text.length) if (!out.write(text)) await once(out, 'drain')
  out.end(died)
  await finished(out)
}

/** The whole command, its start included. Its exit code says that there was a crash. */
async function judge(log: string, root: string): Promise<Judged> {
  const begun = performance.now()
  const words = ['dist/node/launchpad.mjs', 'diagnose', log, '--json', '--root', root]
  const child = execa(process.execPath, words, { reject: false })
  let peakBytes = 0
  const watch = setInterval(() => (peakBytes = Math.max(peakBytes, peakOf(child.pid ?? 0))), LOOK_MS)
  const { stdout } = await child
  clearInterval(watch)
  const { root: cause } = JSON.parse(stdout.split('\n').at(-1) ?? '') as { root: { signature: string } | null }
  return { seconds: (performance.now() - begun) / 1000, peakBytes, signature: cause?.signature ?? null }
}

/** What a process held at most so far; 0 when it is gone. */
function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

/** Without Unicode classes, with which ripgrep 13 takes seconds for a megabyte. */
async function search(log: string, patterns: string): Promise<number> {
  const begun = performance.now()
  await execa('rg', ['--no-unicode', '--threads', '1', '--count', '--text', '--file', patterns, log])
  return (performance.now() - begun) / 1000
}

/** Milliseconds from the exit that the supervisor noted to the verdict in what a page is told. */
async function untilVerdict(root: string): Promise<number> {
  const lines = `print("ray init kwargs: {}")\nprint(${JSON.stringify(died)})`
  const script = `import time\ntime.sleep(4)\n${lines}\nraise SystemExit(1)`
  const { id } = await startRun(root, { name: 'dies', argv: ['python3', '-c', script], metrics: 'console' })
  const door = openDoor({ root, resources: resolve('resources'), version: 'bench' })
  const client = await door.client()
  let took = Number.NaN
  for await (const event of await client.watch()) {
    void event
    const run = (await client.snapshot()).runs[id]
    if (run?.verdict == null) continue
    took = Date.now() - (run.endedAt ?? 0)
    break
  }
  await door.dispose()
  return took
}
