import type { Dispatcher } from 'undici'
import { AppError } from '../../errors'
import { ProfileAgent } from '../../net/agent'
import { shownIssuer } from '../../net/issuer'
import { explainThrown, isPassing, troubleError } from '../../net/trouble'
import { Ended, startExchange, type Answer, type Way } from './exchange'
import { contentLength, contentRange, isPage, waitSeconds } from './headers'
import type { Limiter } from './limiter'
import { gapsIn } from './segments'
import { becomeWhole, noteProgress, type Claim, type Task } from './task'

/** Why a range did not come. `weight`: how much of the patience it takes. */
export class Failure extends Error {
  constructor(
    readonly error: AppError,
    readonly kind: 'passing' | 'final' | 'wait' | 'crowded' | 'stale',
    readonly more: { weight?: number; seconds?: number | null; host?: string } = {},
  ) {
    super(error.message)
  }
}

export interface FetchDeps {
  dispatcher: Dispatcher
  limiter: Limiter
  signal: AbortSignal
  /** Bytes that are new on the disk. */
  onBytes: (task: Task, bytes: number) => void
  /** Bytes that were here before. */
  onAgain: (bytes: number) => void
}

/** Fetches a claim of a file as far as it goes. Throws `Failure`, or what the disk said. */
export async function fetchClaim(task: Task, claim: Claim, deps: FetchDeps): Promise<void> {
  const { file } = task
  const used = task.way
  const way: Way = used ?? file.address()
  const everything = claim.at === 0 && claim.to === file.size
  const asked = { from: claim.at, to: claim.to }
  const range = everything ? null : `bytes=${claim.at}-${claim.to - 1}`
  const { exchange, answer } = startExchange(deps.dispatcher, way, range)
  claim.exchange = exchange
  const stop = () => exchange.abort(new Ended('aborted'))
  deps.signal.addEventListener('abort', stop, { once: true })
  try {
    const got = await answer()
    await checkStatus(task, got, used !== null)
    const end = begin(task, claim, got, asked)
    if (got.way.url !== way.url) task.way = got.way
    task.host = new URL(got.way.url).host
    await receive(task, claim, got, end, deps)
  } catch (thrown) {
    throw await explained(thrown, exchange.url, deps.dispatcher, claim.at > asked.from)
  } finally {
    deps.signal.removeEventListener('abort', stop)
    exchange.abort(new Ended('done')) // no-op for a request that came to its end
    claim.exchange = null
  }
}

/** Statuses where the same address may answer a moment later. */
const passing = new Set([408, 425, 500, 502, 503, 504])
/** What a storage host answers once a signed address is too old, or the file moved. */
const stale = new Set([400, 401, 403, 404, 410])

async function checkStatus(task: Task, got: Answer, known: boolean): Promise<void> {
  const { status, headers, way } = got
  const host = new URL(way.url).host
  if (status === 200 || status === 206) {
    if (!isPage(headers, task.file.path)) return
    const error = new AppError('HUB_NOT_A_HUB', { endpoint: host, detail: 'HTML' })
    throw new Failure(error, 'passing', { weight: 2 })
  }
  if (status === 429) {
    const seconds = waitSeconds(headers, Date.now())
    const error = new AppError('HUB_RATE_LIMITED', { endpoint: host, seconds: seconds ?? 0 })
    throw new Failure(error, 'wait', { seconds, host })
  }
  const unreachable = new AppError('NETWORK_UNREACHABLE', { address: host, detail: `HTTP ${status}` })
  if (passing.has(status) || status >= 500) throw new Failure(unreachable, 'crowded')
  if (known && stale.has(status)) throw new Failure(unreachable, 'stale')
  if (status === 416) {
    throw new Failure(sizeWrong(task, contentRangeTotal(got)), 'passing', { weight: 4 })
  }
  const error = task.file.explain({ status, url: way.url, headers, body: await firstOf(got) })
  // A signed address that is refused at once may be the storage host's fault; the hub's own word is final.
  const redirected = new URL(way.url).origin !== new URL(task.file.address().url).origin
  throw new Failure(error, redirected && stale.has(status) ? 'passing' : 'final', { weight: 2 })
}

const contentRangeTotal = (got: Answer): number => {
  const found = /\/(\d+)$/.exec(String(got.headers['content-range'] ?? ''))
  return found === null ? 0 : Number(found[1])
}

const sizeWrong = ({ file }: Task, gotBytes: number) =>
  new AppError('FILE_SIZE_WRONG', { file: file.path, promisedBytes: file.size, gotBytes })

async function firstOf(got: Answer): Promise<string> {
  const pieces: Buffer[] = []
  for (let bytes = 0; bytes < 8192;) {
    const more = await got.next().catch(() => null)
    if (more === null) break
    pieces.push(...more)
    bytes += more.reduce((sum, { length }) => sum + length, 0)
  }
  return Buffer.concat(pieces).subarray(0, 8192).toString('utf8')
}

/** Where the body begins is put into the claim; returns where it ends. */
function begin(task: Task, claim: Claim, got: Answer, asked: { from: number; to: number }): number {
  const { size } = task.file
  const length = contentLength(got.headers)
  if (got.status === 200) {
    if (length !== null && length !== size) throw new Failure(sizeWrong(task, length), 'passing', { weight: 4 })
    if (asked.from !== 0 || asked.to !== size) becomeWhole(task, claim)
    claim.at = 0
    return size
  }
  const range = contentRange(got.headers)
  const host = new URL(got.way.url).host
  if (range === null) {
    // Some mirrors forget it (measured.md A4): good if the length fits, and the digest has the last word.
    if (length === asked.to - asked.from) return asked.to
    const error = new AppError('HUB_NOT_A_HUB', { endpoint: host, detail: '206 without Content-Range' })
    throw new Failure(error, 'passing', { weight: 2 })
  }
  if (range.total !== null && range.total !== size) {
    throw new Failure(sizeWrong(task, range.total), 'passing', { weight: 4 })
  }
  if (range.from !== asked.from || range.to > asked.to || range.to <= range.from) {
    const detail = `Content-Range ${range.from}-${range.to - 1}`
    throw new Failure(new AppError('HUB_NOT_A_HUB', { endpoint: host, detail }), 'passing', { weight: 2 })
  }
  return range.to
}

/** Writes what comes, never past the claim; `end`: of the body, which a split claim does not reach. */
async function receive(task: Task, claim: Claim, got: Answer, end: number, deps: FetchDeps): Promise<void> {
  while (claim.at < Math.min(claim.to, end)) {
    const pieces = await got.next()
    if (pieces === null) throw new Error('the connection closed early')
    const kept = trimmed(pieces, Math.min(claim.to, end) - claim.at)
    const bytes = kept.reduce((sum, { length }) => sum + length, 0)
    await put(task, claim, kept, bytes, deps)
    claim.at += bytes
    const wait = deps.limiter.take(bytes, deps.signal)
    if (wait !== null) await wait
  }
  // Read to its end, the connection can be used again; a claim that was split in the meantime cannot wait for it.
  if (claim.to < end) return
  if ((await got.next()) !== null && end === task.file.size) task.tooLong = task.file.size + 1
}

async function put(task: Task, claim: Claim, pieces: Buffer[], bytes: number, deps: FetchDeps): Promise<void> {
  const { part, digest } = task
  const from = claim.at
  if (task.repair !== null && !claim.differs) claim.differs = await differs(task, pieces, from)
  const before = part.done
  const fresh = gapsIn(before, from, from + bytes)
  const whole = fresh[0]?.[0] === from && fresh[0][1] === from + bytes
  if (whole) {
    await part.write(pieces, from)
    digest.written(pieces, from)
  } else {
    // The whole file again, by a server that knows no ranges: what is here is skipped.
    const all = fresh.length === 0 ? null : Buffer.concat(pieces)
    for (const [start, end] of fresh) {
      const piece = all?.subarray(start - from, end - from)
      if (piece !== undefined) await part.write([piece], start)
    }
  }
  const added = fresh.reduce((sum, [start, end]) => sum + end - start, 0)
  if (added < bytes || task.repair !== null) deps.onAgain(task.repair === null ? bytes - added : bytes)
  noteProgress(task, bytes)
  deps.onBytes(task, added)
}

async function differs(task: Task, pieces: Buffer[], from: number): Promise<boolean> {
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0)
  const old = Buffer.alloc(bytes)
  const { bytesRead } = await (await task.part.handle()).read(old, 0, bytes, from)
  return bytesRead !== bytes || !old.equals(Buffer.concat(pieces))
}

function trimmed(pieces: Buffer[], most: number): Buffer[] {
  let left = most
  return pieces.flatMap((piece) => {
    const kept = piece.subarray(0, left)
    left -= kept.length
    return kept.length === 0 ? [] : [kept]
  })
}

async function explained(thrown: unknown, url: string, dispatcher: Dispatcher, served: boolean): Promise<unknown> {
  if (thrown instanceof Failure || thrown instanceof Ended || thrown instanceof AppError) return thrown
  const address = new URL(url)
  const proxy = dispatcher instanceof ProfileAgent ? dispatcher.proxyFor(address) : null
  const trouble = explainThrown(thrown, url, proxy)
  if (trouble === null || trouble.code === 'DISK_FULL') return thrown
  if (trouble.code === 'TLS_INTERCEPTED') trouble.issuer = await shownIssuer(address, proxy)
  // One that brought bytes was cut; one that brought none may be one too many for this server.
  const kind = isPassing(thrown, trouble) ? (served ? 'passing' : 'crowded') : 'final'
  return new Failure(troubleError(trouble, thrown), kind)
}
