import { mkdir, readdir } from 'node:fs/promises'
import type { Dispatcher } from 'undici'
import type { Digest, FileTransfer } from '#contract'
import { AppError } from '../../errors'
import type { TransferFile } from '../types'
import { backoffMs, type Backoff } from './backoff'
import { feed, startDigest } from './digest'
import { Ended } from './exchange'
import { Failure, fetchClaim, type FetchDeps } from './fetch'
import { createLander } from './landing'
import type { Limiter } from './limiter'
import { openPart } from './part'
import { frontOf, lengthOf } from './segments'
import { claimNext, createTask, dropClaim, isWhole, noteFailure, viewOf, type Claim, type Task } from './task'
import { watchExchanges, type WatchLimits } from './watch'

export interface Timing extends WatchLimits, Backoff {
  /** Failures in a row, without a byte between them, until a file is given up. */
  tries: number
  /** How often a file under way is told about. */
  tellMs: number
}

const usual: Timing = {
  stallMs: 10_000,
  slowBytesPerSecond: 1_000,
  slowMs: 15_000,
  firstMs: 200,
  mostMs: 30_000,
  tries: 8,
  tellMs: 250,
}

export interface TransferRun {
  /** Folder of the parts and their accounts. One run has it at a time: see `lockFolder`. */
  parts: string
  signal: AbortSignal
  /** Asked again all the time. */
  connections: () => number
  onState: (file: FileTransfer) => void
  /** Bytes more on the disk; `fetched` false: found there at the start. Negative: they were wrong. */
  onLanded: (bytes: number, fetched: boolean) => void
  /** Counted up: tries after a failure, and bytes that had been fetched before. */
  counters: { retries: number; againBytes: number }
}

export interface TransferResult {
  path: string
  /** As promised, or as counted where nothing was. null: it failed. */
  digest: Digest | null
  error: AppError | null
}

/** Files at once that are fetched by several connections: more would only spread them thin. */
const LARGE_AT_ONCE = 2
/** From here on a file is large: it is fetched after the others, because it can be split for whoever is idle. */
const LARGE = 8 * 1024 * 1024
/** A connection that a server refused is tried again so much later. */
const REGROW_MS = 30_000
const TICK_MS = 100
/** Fewer bytes behind the front are not worth reading back yet. */
const FOLLOW_FROM = 4 * 1024 * 1024

/** A small file is half of its time on the way to its storage host, and waits for an answer in the other half. */
const loadOf = (size: number): number => (size < SMALL ? 0.5 : 1)
const SMALL = 1024 * 1024

export type Transfer = ReturnType<typeof createTransfer>

/**
 * Fetches files, each by as many connections as help, and lets one appear only when its digest is right. A file
 * that cannot be had is in the results; the run itself fails when it is aborted or the disk will not have it
 * (DISK_FULL, or the system's), and then everything that came is kept in `parts` for the next one.
 */
export function createTransfer(deps: { dispatcher: () => Dispatcher; limiter: Limiter; timing?: Partial<Timing> }) {
  const timing = { ...usual, ...deps.timing }
  return {
    async run(files: TransferFile[], run: TransferRun): Promise<TransferResult[]> {
      run.signal.throwIfAborted()
      await mkdir(run.parts, { recursive: true })
      return startRun({ ...deps, timing }, files, run)
    },
  }
}

interface RunDeps {
  dispatcher: () => Dispatcher
  limiter: Limiter
  timing: Timing
}

async function startRun(deps: RunDeps, files: TransferFile[], run: TransferRun): Promise<TransferResult[]> {
  const { timing } = deps
  const known = new Set(await readdir(run.parts))
  const waiting = [...files].sort((a, b) => Number(a.size >= LARGE) - Number(b.size >= LARGE))
  const tasks = new Set<Task>()
  const results = new Map<TransferFile, TransferResult>()
  const told = new Map<Task, number>()
  const pausedHosts = new Map<string, { until: number; times: number; error: AppError }>()
  const own = new AbortController()
  const signal = AbortSignal.any([run.signal, own.signal])
  const under = new Set<Promise<void>>()
  let connections = 0
  let opening = 0
  let rate: number | null = null
  let wake = () => {}
  let ticks = 0

  const lander = createLander()

  function tell(task: Task, always: boolean): void {
    const now = Date.now()
    if (!always && now - (told.get(task) ?? 0) < timing.tellMs) return
    told.set(task, now)
    run.onState(viewOf(task))
  }

  function settle(task: Task, state: 'done' | 'failed'): void {
    task.state = state
    const { digest = null, error = null } = task.result ?? {}
    results.set(task.file, { path: task.file.path, digest, error })
    tell(task, true)
    tasks.delete(task)
    told.delete(task)
    wake()
  }

  /** Everything that runs beside the loop: the first fault ends the run. */
  function beside(work: Promise<void>): void {
    const kept = work
      .catch((thrown: unknown) => {
        own.abort(thrown)
      })
      .finally(() => {
        under.delete(kept)
        wake()
      })
    under.add(kept)
  }

  const fetching: Omit<FetchDeps, 'dispatcher'> = {
    limiter: deps.limiter,
    signal,
    onBytes(task, bytes) {
      if (bytes > 0) run.onLanded(bytes, true)
      const front = frontOf(task.part.done)
      if (task.repair === null && task.digest.lags(front, FOLLOW_FROM)) {
        beside(task.part.handle().then((handle) => task.digest.follow(handle, front, signal)))
      }
      tell(task, false)
    },
    onAgain: (bytes) => void (run.counters.againBytes += bytes),
  }

  async function connect(task: Task, claim: Claim): Promise<void> {
    const began = { at: claim.at, when: performance.now() }
    try {
      await fetchClaim(task, claim, { ...fetching, dispatcher: deps.dispatcher() })
      await afterBlock(task, claim)
    } catch (thrown) {
      if (thrown instanceof Ended) return
      if (!(thrown instanceof Failure)) throw thrown
      signal.throwIfAborted()
      handleFailure(task, claim, thrown)
    } finally {
      const [bytes, spent] = [claim.at - began.at, (performance.now() - began.when) / 1000]
      if (bytes > 1024 * 1024 && spent > 0) rate = rate === null ? bytes / spent : 0.7 * rate + (0.3 * bytes) / spent
      dropClaim(task, claim)
      if (!signal.aborted) conclude(task)
    }
  }

  /** Once nobody writes to a file any more: it is whole, or it is given up. */
  function conclude(task: Task): void {
    if (task.claims.length > 0) return
    if (task.state === 'failed') beside(keep(task).then(() => settle(task, 'failed')))
    else if (task.state === 'running' && isWhole(task)) {
      task.state = 'verifying'
      beside(finish(task))
    }
  }

  function handleFailure(task: Task, claim: Claim, { kind, error, more }: Failure): void {
    run.counters.retries += 1
    if (kind === 'final') return fail(task, error)
    if (kind === 'stale') {
      // The address was good before: asked for anew at once. Refused again, that answer is explained.
      task.way = null
      return
    }
    if (kind === 'wait') {
      const host = more.host ?? ''
      const times = (pausedHosts.get(host)?.times ?? 0) + 1
      const wait = more.seconds == null ? backoffMs(timing, times, Math.random()) : more.seconds * 1000
      task.problem = error
      task.notBefore = Date.now() + wait
      pausedHosts.set(host, { until: task.notBefore, times, error })
      return tell(task, true)
    }
    const others = task.claims.filter((other) => other !== claim && (other.exchange?.bytes ?? 0) > 0)
    if (kind === 'crowded' && others.length > 0) {
      // Others are served: this server gives so many connections and no more.
      task.most = others.length
      task.notBefore = Date.now() + timing.firstMs
      setTimeout(() => (task.most += 1), REGROW_MS).unref()
      return
    }
    // A storage host that fails may have been left behind by the hub in the meantime.
    task.way = null
    const failure = { error, startedAt: claim.startedAt, weight: more.weight ?? 1 }
    if (!noteFailure(task, failure, timing)) return fail(task, error)
    tell(task, true)
  }

  function fail(task: Task, error: AppError): void {
    if (task.result !== null) return
    task.result = { digest: null, error }
    task.state = 'failed'
    for (const { exchange } of task.claims) exchange?.abort(new Ended('the file failed'))
  }

  /** In a file that is fetched again: once a block differed, the whole may be right. */
  async function afterBlock(task: Task, claim: Claim): Promise<void> {
    const { repair, file, part } = task
    if (repair === null || !claim.differs || file.digest === null || repair.looks >= 3) return
    repair.looks += 1
    const hash = startDigest(file.digest.algorithm, file.size)
    await feed(hash, await part.handle(), [0, file.size], signal)
    if (hash.digest('hex') !== file.digest.hex || task.state !== 'running') return
    for (const other of task.claims) if (other !== claim) other.exchange?.abort(new Ended('it is right now'))
    run.onLanded(file.size - lengthOf(part.done), false)
    part.trust()
  }

  async function finish(task: Task): Promise<void> {
    const { file, part } = task
    tell(task, false)
    const digest = await task.digest.finish(await part.handle(), signal)
    const wrong = file.digest !== null && digest.hex !== file.digest.hex
    if (!wrong && !(file.digest === null && task.tooLong !== null)) {
      task.result = { digest, error: null }
      task.problem = null
      const landed = () => settle(task, 'done')
      return lander.add({ part, target: file.target, size: file.size, landed })
    }
    if (task.repair === null && file.size > 0 && wrong) {
      // Fetched again block by block over the old bytes, until the whole is right.
      run.onLanded(-lengthOf(part.done), false)
      await part.distrust()
      task.repair = { looks: 0 }
      task.way = null
      task.problem = new AppError('DIGEST_MISMATCH', { file: file.path })
      task.state = 'running'
      return wake()
    }
    const sizeWrong = { file: file.path, promisedBytes: file.size, gotBytes: task.tooLong ?? 0 }
    const code = task.tooLong === null ? 'DIGEST_MISMATCH' : 'FILE_SIZE_WRONG'
    task.result = {
      digest: null,
      error: new AppError(code, task.tooLong === null ? { file: file.path } : sizeWrong),
    }
    run.onLanded(-lengthOf(part.done), false)
    await part.remove()
    settle(task, 'failed')
  }

  async function keep(task: Task): Promise<void> {
    try {
      await task.part.sync()
    } finally {
      await task.part.close()
    }
  }

  async function open(file: TransferFile): Promise<void> {
    opening += 1
    try {
      const task = createTask(file, await openPart(run.parts, file, known))
      task.state = 'running'
      const have = lengthOf(task.part.done)
      if (have > 0) run.onLanded(have, false)
      tasks.add(task)
      tell(task, true)
      if (isWhole(task)) {
        task.state = 'verifying'
        beside(finish(task))
      }
    } finally {
      opening -= 1
    }
  }

  function mayAsk(task: Task, now: number): boolean {
    if (task.state !== 'running' || task.notBefore > now) return false
    if (task.way === null) {
      const host = new URL(task.file.address().url).host
      const paused = pausedHosts.get(host)
      if (paused !== undefined && paused.until > now) {
        if (task.problem === null) {
          task.problem = paused.error
          tell(task, true)
        }
        return false
      }
      return true
    }
    return (pausedHosts.get(new URL(task.way.url).host)?.until ?? 0) <= now
  }

  function pick(now: number, most: number): { task: Task; claim: Claim } | null {
    const open = [...tasks].filter((task) => mayAsk(task, now))
    const large = [...tasks].filter(({ file, state }) => file.size >= LARGE && state === 'running').length
    const fair = Math.ceil(most / Math.max(1, Math.min(LARGE_AT_ONCE, large)))
    for (const steal of [false, true]) {
      for (const limit of [fair, most]) {
        for (const task of open) {
          if (task.claims.length >= limit) continue
          const claim = claimNext(task, rate, limit, steal)
          if (claim !== null) return { task, claim }
        }
      }
    }
    return null
  }

  /** One more file under way where connections would be idle otherwise. */
  function wantsFile(most: number): boolean {
    const next = waiting[0]
    if (next === undefined) return false
    const running = [...tasks].filter(({ state }) => state === 'running')
    if (next.size < LARGE) return running.length + opening < 2 * most + 2
    return running.filter(({ file }) => file.size >= LARGE).length + opening < LARGE_AT_ONCE
  }

  const timer = setInterval(() => {
    watchExchanges(tasks, timing, Date.now())
    // A small file that is right should not wait for the next ones for long.
    if (++ticks % 10 === 0 && lander.waits()) beside(lander.flush())
    wake()
  }, TICK_MS)
  const stop = () => wake()
  signal.addEventListener('abort', stop)
  try {
    while (results.size < files.length && !signal.aborted) {
      const most = Math.max(1, run.connections())
      while (wantsFile(most)) beside(open(waiting.shift() as TransferFile))
      for (let next = connections < most ? pick(Date.now(), most) : null; next !== null;) {
        const load = loadOf(next.task.file.size)
        connections += load
        beside(connect(next.task, next.claim).finally(() => (connections -= load)))
        next = connections < most ? pick(Date.now(), most) : null
      }
      if (waiting.length === 0 && under.size === 0 && lander.waits()) beside(lander.flush())
      await new Promise<void>((go) => (wake = go))
    }
  } finally {
    clearInterval(timer)
    signal.removeEventListener('abort', stop)
    while (under.size > 0) await Promise.all(under)
    await lander.flush().catch(() => {})
    await Promise.allSettled([...tasks].map(keep))
  }
  run.signal.throwIfAborted()
  own.signal.throwIfAborted()
  return files.map((file) => results.get(file) ?? { path: file.path, digest: null, error: null })
}
