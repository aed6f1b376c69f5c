import { mkdir, readdir } from 'node:fs/promises'
import type { Dispatcher } from 'undici'
import type { TransferFile } from '../types'
import { chooseClaim, inOrder, loadOf, pauseOf, wantsFile } from './choice'
import { conclude, handleFailure, keep, lookAtWhole } from './ending'
import { Ended } from './exchange'
import { Failure, fetchClaim, type FetchDeps } from './fetch'
import type { Limiter } from './limiter'
import { openPart } from './part'
import { createRun, type Run, type Timing, type TransferResult, type TransferRun } from './run'
import { frontOf, lengthOf } from './segments'
import { createTask, dropClaim, type Claim, type Task } from './task'
import { watchExchanges } from './watch'

const usual: Timing = {
  stallMs: 10_000,
  slowBytesPerSecond: 1_000,
  slowMs: 15_000,
  firstMs: 200,
  mostMs: 30_000,
  tries: 8,
  tellMs: 250,
}

const TICK_MS = 100
/** A small file that is right should not wait for the next ones for longer. */
const LAND_TICKS = 10
/** Fewer bytes behind the front are not worth reading back yet. */
const FOLLOW_FROM = 4 * 1024 * 1024
/** A connection that brought less says little about how fast one is. */
const RATED_FROM = 1024 * 1024

export type Transfer = ReturnType<typeof createTransfer>

interface TransferDeps {
  dispatcher: () => Dispatcher
  limiter: Limiter
}

/**
 * Fetches files, each by as many connections as help, and lets one appear only when its digest is right. A file
 * that cannot be had is in the results; the run itself fails when it is aborted or the disk will not have it
 * (DISK_FULL, or the system's), and then everything that came is kept in `parts` for the next one.
 */
export function createTransfer(deps: TransferDeps & { timing?: Partial<Timing> }) {
  const timing = { ...usual, ...deps.timing }
  return {
    async run(files: TransferFile[], asked: TransferRun): Promise<TransferResult[]> {
      asked.signal.throwIfAborted()
      await mkdir(asked.parts, { recursive: true })
      const known = new Set(await readdir(asked.parts))
      const run = createRun(asked, timing)
      const stopWatching = watch(run)
      try {
        await fetchAll(run, deps, files, known)
      } finally {
        stopWatching()
        await run.alone()
        await run.lander.flush().catch(() => {}) // a disk that will not have them has been told already
        await Promise.allSettled([...run.tasks].map(keep))
      }
      run.throwIfEnded()
      return files.map((file) => run.results.get(file) ?? { path: file.path, digest: null, error: null })
    },
  }
}

/** The loop: whenever something changed, files and connections are begun as far as they help. */
async function fetchAll(run: Run, deps: TransferDeps, files: TransferFile[], known: Set<string>): Promise<void> {
  const waiting = inOrder(files)
  let connections = 0
  let opening = 0

  function beginFiles(most: number): void {
    for (let next = waiting[0]; next !== undefined && wantsFile(next, run.tasks, opening, most); next = waiting[0]) {
      waiting.shift()
      opening += 1
      run.beside(begin(run, next, known).finally(() => (opening -= 1)))
    }
  }

  function beginConnections(most: number): void {
    while (connections < most) {
      const now = Date.now()
      const next = chooseClaim(run.tasks, most, run.rate, (task) => mayAsk(run, task, now))
      if (next === null) return
      const load = loadOf(next.task.file)
      connections += load
      run.beside(connect(run, deps, next.task, next.claim).finally(() => (connections -= load)))
    }
  }

  while (run.results.size < files.length && !run.signal.aborted) {
    const most = Math.max(1, run.asked.connections())
    beginFiles(most)
    beginConnections(most)
    if (waiting.length === 0 && run.isAlone() && run.lander.waits()) run.beside(run.lander.flush())
    await run.woken()
  }
}

/** What is due by the clock; returns what ends it. */
function watch(run: Run): () => void {
  let ticks = 0
  const timer = setInterval(() => {
    watchExchanges(run.tasks, run.timing, Date.now())
    if (++ticks % LAND_TICKS === 0 && run.lander.waits()) run.beside(run.lander.flush())
    run.wake()
  }, TICK_MS)
  run.signal.addEventListener('abort', run.wake)
  return () => {
    clearInterval(timer)
    run.signal.removeEventListener('abort', run.wake)
  }
}

/** A file gets under way, with what an earlier run left of it. */
async function begin(run: Run, file: TransferFile, known: ReadonlySet<string>): Promise<void> {
  const task = createTask(file, await openPart(run.asked.parts, file, known))
  task.state = 'running'
  const have = lengthOf(task.part.done)
  if (have > 0) run.asked.onLanded(have, false)
  run.tasks.add(task)
  run.tell(task, true)
  conclude(run, task)
}

function mayAsk(run: Run, task: Task, now: number): boolean {
  if (task.notBefore > now) return false
  const pause = pauseOf(task, run.pauses, now)
  // One of whom nothing is known yet says why it does not begin.
  if (pause !== null && task.way === null && task.problem === null) {
    task.problem = pause
    run.tell(task, true)
  }
  return pause === null
}

/** One connection's work on a claim, and what follows from it. */
async function connect(run: Run, deps: TransferDeps, task: Task, claim: Claim): Promise<void> {
  const [from, began] = [claim.at, performance.now()]
  try {
    await fetchClaim(task, claim, fetching(run, deps))
    await lookAtWhole(run, task, claim)
  } catch (thrown) {
    if (thrown instanceof Ended) return
    if (!(thrown instanceof Failure)) throw thrown
    run.signal.throwIfAborted()
    handleFailure(run, task, claim, thrown)
  } finally {
    noteRate(run, claim.at - from, (performance.now() - began) / 1000)
    dropClaim(task, claim)
    if (!run.signal.aborted) conclude(run, task)
  }
}

function noteRate(run: Run, bytes: number, seconds: number): void {
  if (bytes <= RATED_FROM || seconds <= 0) return
  run.rate = run.rate === null ? bytes / seconds : 0.7 * run.rate + (0.3 * bytes) / seconds
}

function fetching(run: Run, { dispatcher, limiter }: TransferDeps): FetchDeps {
  const { asked, signal } = run
  return {
    dispatcher: dispatcher(),
    limiter,
    signal,
    onBytes(task, bytes) {
      if (bytes > 0) asked.onLanded(bytes, true)
      const front = frontOf(task.part.done)
      if (task.repair === null && task.digest.lags(front, FOLLOW_FROM)) {
        run.beside(task.part.handle().then((handle) => task.digest.follow(handle, front, signal)))
      }
      run.tell(task, false)
    },
    onAgain: (bytes) => void (asked.counters.againBytes += bytes),
  }
}
