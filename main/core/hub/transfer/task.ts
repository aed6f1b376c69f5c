import type { Digest, FileTransfer } from '#contract'
import type { AppError } from '../../errors'
import type { TransferFile } from '../types'
import { backoffMs, type Backoff } from './backoff'
import { blockSize, nextBlock, unclaimed, worthSplitting, type Claimed } from './blocks'
import { createFrontDigest, type FrontDigest } from './digest'
import { Ended, type Exchange, type Way } from './exchange'
import type { Part } from './part'
import { lengthOf } from './segments'

/** A range that one connection is at. */
export interface Claim extends Claimed {
  exchange: Exchange | null
  startedAt: number
  /** In a file that is fetched again: whether any byte differed. */
  differs: boolean
}

/** A block of a file that is fetched again to find where it is wrong. */
const REPAIR_BLOCK = 8 * 1024 * 1024
/** Less than this is no progress: a line that gives a few bytes for each try would be tried for ever. */
const PROGRESS = 16 * 1024

/** One file under way, and what is known of how it goes. */
export interface Task {
  file: TransferFile
  part: Part
  digest: FrontDigest
  state: FileTransfer['state']
  claims: Claim[]
  /** Connections that the server seems to give this file. */
  most: number
  /** The server knows no ranges: one connection, and it begins at the first byte. */
  whole: boolean
  /** Signed, or redirected to: asked for the next ranges until it is refused. */
  way: Way | null
  host: string | null
  problem: AppError | null
  failures: number
  failedAt: number
  notBefore: number
  progress: number
  /** Once the digest was wrong: how many blocks that differed were followed by a look at the whole. */
  repair: { looks: number } | null
  /** More came than was promised: so many bytes at least. */
  tooLong: number | null
  result: { digest: Digest | null; error: AppError | null } | null
}

export function createTask(file: TransferFile, part: Part): Task {
  return {
    file,
    part,
    digest: createFrontDigest(file.digest?.algorithm ?? 'sha256', file.size),
    state: 'waiting',
    claims: [],
    most: Infinity,
    whole: false,
    way: null,
    host: null,
    problem: null,
    failures: 0,
    failedAt: 0,
    notBefore: 0,
    progress: 0,
    repair: null,
    tooLong: null,
    result: null,
  }
}

export const isWhole = ({ part, file }: Task): boolean => lengthOf(part.done) === file.size

/** A range for one more connection, or null. `rate`: of one connection so far. `steal`: also half of another's. */
export function claimNext(task: Task, rate: number | null, connections: number, steal: boolean): Claim | null {
  if (task.claims.length >= (task.whole ? 1 : task.most)) return null
  if (steal) {
    const victim = task.whole || task.repair !== null ? null : worthSplitting(task.claims, rate)
    if (victim === null) return null
    const middle = Math.ceil((victim.at + victim.to) / 2)
    const taken = newClaim(task, middle, victim.to)
    victim.to = middle
    return taken
  }
  const free = unclaimed(task.part.done, task.claims, task.file.size)
  if (free.length === 0) return null
  if (task.whole) return newClaim(task, free[0]?.[0] ?? 0, task.file.size)
  const block = task.repair === null ? blockSize(rate, lengthOf(free), connections) : REPAIR_BLOCK
  const next = nextBlock(free, block)
  return next === null ? null : newClaim(task, next[0], next[1])
}

function newClaim(task: Task, at: number, to: number): Claim {
  const claim: Claim = { at, to, exchange: null, startedAt: Date.now(), differs: false }
  task.claims.push(claim)
  return claim
}

export const dropClaim = (task: Task, claim: Claim): void => {
  task.claims = task.claims.filter((other) => other !== claim)
}

/** The server sends only the whole file: one connection does it from now on. */
export function becomeWhole(task: Task, claim: Claim): void {
  task.whole = true
  for (const other of task.claims) if (other !== claim) other.exchange?.abort(new Ended('one connection only'))
  claim.to = task.file.size
}

/** Bytes arrived: what failed before is over. */
export function noteProgress(task: Task, bytes: number): void {
  task.progress += bytes
  if (task.progress < Math.min(PROGRESS, task.file.size)) return
  task.failures = 0
  task.problem = null
}

/**
 * Something failed that may pass. Connections that were under way together fail together, and count once.
 * false: it was tried often enough. `weight`: of a fault that seldom passes.
 */
export function noteFailure(
  task: Task,
  failure: { error: AppError; startedAt: number; weight: number },
  limits: Backoff & { tries: number },
): boolean {
  task.problem = failure.error
  if (failure.startedAt < task.failedAt) return true
  const progressed = task.progress >= Math.min(PROGRESS, task.file.size)
  task.progress = 0
  task.failedAt = Date.now()
  task.failures += failure.weight
  if (task.failures >= limits.tries) return false
  // A line that is cut again and again but brings bytes between is asked again at once.
  task.notBefore = Date.now() + (progressed ? 0 : backoffMs(limits, task.failures, Math.random()))
  return true
}

export function viewOf(task: Task): FileTransfer {
  const { file, part, state, host, problem, result } = task
  return {
    path: file.path,
    size: file.size,
    state,
    done: state === 'done' ? file.size : lengthOf(part.done),
    segments: part.done.map(([from, to]) => [from, to]),
    host,
    problem: result?.error?.data ?? problem?.data ?? null,
  }
}
