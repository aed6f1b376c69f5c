import { setTimeout } from 'node:timers/promises'
import { request, type Dispatcher } from 'undici'
import { AppError } from '../../errors'
import { ProfileAgent } from '../../net/agent'
import { shownIssuer } from '../../net/issuer'
import { explainThrown, troubleError } from '../../net/trouble'
import { waitSeconds } from '../transfer/headers'
import type { HubAdapter, RemoteFile, Resolved } from '../types'
import { sizeIn, SMALL, tooLarge, type RemoteReader } from './reader'

const TRIES = 4
const REDIRECTIONS = 5
const WAIT_MS = 15_000
const PAUSE_MS = 500
/** Facts are looked at while a person waits: a hub that asks for more patience is reported instead. */
const PATIENCE_SECONDS = 20

export interface ReaderOptions {
  /** Without an answer or a byte for this long, the request is made anew. */
  waitMs?: number
  /** Before the second try; doubled for each one after it. */
  pauseMs?: number
}

/**
 * Reads a repository at its commit. Redirections are followed by hand, so that the headers of the hub (a token is
 * among them) go to its own origin and never to where its files are kept.
 * Errors: HUB_* as the adapter explains the answer, HUB_NOT_A_HUB for a web page in place of a file, HUB_FILE_MISSING,
 * FILE_SIZE_WRONG, and those of the network.
 */
export function createReader(
  adapter: HubAdapter,
  repo: Resolved,
  files: RemoteFile[],
  dispatcher: Dispatcher,
  { waitMs = WAIT_MS, pauseMs = PAUSE_MS }: ReaderOptions = {},
): RemoteReader {
  const where = (path?: string) => (path === undefined ? repo.id : `${repo.id}/${path}`)
  const context: Asking = { adapter, repo, dispatcher, waitMs, pauseMs }
  const reader: RemoteReader = {
    files,
    where,
    range: (path, from, to, signal) => patient(context, path, { from, to }, signal),
    async read(path, signal) {
      const size = sizeIn(reader, path)
      if (size === null) throw new AppError('HUB_FILE_MISSING', { id: repo.id, file: path })
      if (size > SMALL) throw tooLarge(reader, path, size)
      return patient(context, path, null, signal)
    },
  }
  return reader
}

interface Asking extends Required<ReaderOptions> {
  adapter: HubAdapter
  repo: Resolved
  dispatcher: Dispatcher
}
type Range = { from: number; to: number } | null

/** Thrown by one try: whether another one may do better, and after how long. */
class Failed extends Error {
  constructor(
    readonly error: unknown,
    readonly passing: boolean,
    readonly afterMs = 0,
  ) {
    super('failed')
  }
}

async function patient(asking: Asking, path: string, range: Range, signal: AbortSignal): Promise<Buffer> {
  if (range !== null && range.to <= range.from) return Buffer.alloc(0)
  for (let tries = 1; ; tries += 1) {
    try {
      return await once(asking, path, range, signal)
    } catch (thrown) {
      signal.throwIfAborted()
      if (!(thrown instanceof Failed)) throw thrown
      if (!thrown.passing || tries >= TRIES) throw thrown.error
      const pause = Math.max(thrown.afterMs, asking.pauseMs * 2 ** (tries - 1))
      await setTimeout(pause, undefined, { signal })
    }
  }
}

async function once(asking: Asking, path: string, range: Range, signal: AbortSignal): Promise<Buffer> {
  const { adapter, repo, dispatcher, waitMs } = asking
  const address = adapter.address(repo, path)
  const { origin } = new URL(address.url)
  let url = address.url
  for (let hops = 0; hops <= REDIRECTIONS; hops += 1) {
    const headers: Record<string, string> = {
      // A transparent gzip would make ranges meaningless.
      'accept-encoding': 'identity',
      ...(new URL(url).origin === origin ? address.headers : {}),
      ...(range === null ? {} : { range: `bytes=${range.from}-${range.to - 1}` }),
    }
    let answer: Dispatcher.ResponseData
    try {
      answer = await request(url, { dispatcher, signal, headers, headersTimeout: waitMs, bodyTimeout: waitMs })
      // What is not read to its end is let go, which undici tells as an error.
      answer.body.on('error', () => undefined)
      const to = answer.headers['location']
      if (answer.statusCode >= 300 && answer.statusCode < 400 && typeof to === 'string') {
        await answer.body.dump()
        url = new URL(to, url).href
        continue
      }
      if (answer.statusCode === 200 || answer.statusCode === 206) return await taken(answer, path, range, repo)
      const body = (await upTo(answer, 16 * 1024)).toString('utf8')
      const error = adapter.explain(repo, path, { status: answer.statusCode, url, headers: answer.headers, body })
      throw refused(error, answer, new URL(url).origin !== origin)
    } catch (thrown) {
      if (thrown instanceof Failed || thrown instanceof AppError || signal.aborted) throw thrown
      throw await network(thrown, url, dispatcher)
    }
  }
  throw new AppError('HUB_NOT_A_HUB', { endpoint: repo.endpoint, detail: 'it redirects without end' })
}

/** The bytes asked for. 200 to a range is the whole file: the range is cut out of it, and the rest is not waited for. */
async function taken(answer: Dispatcher.ResponseData, path: string, range: Range, repo: Resolved): Promise<Buffer> {
  if (/^text\/html\b/i.test(String(answer.headers['content-type'] ?? '')) && !/\.html?$/i.test(path)) {
    answer.body.destroy()
    throw new AppError('HUB_NOT_A_HUB', { endpoint: repo.endpoint, detail: 'a web page in place of a file' })
  }
  if (range === null) {
    const whole = await upTo(answer, SMALL + 1)
    if (whole.length > SMALL)
      throw new AppError('FILE_SIZE_WRONG', { file: path, promisedBytes: SMALL, gotBytes: whole.length })
    const promised = Number(answer.headers['content-length'] ?? NaN)
    if (Number.isFinite(promised) && whole.length < promised) throw new Error('the connection closed early')
    return whole
  }
  const whole = answer.statusCode === 200
  // A far range of a server that knows no ranges would be bought with everything before it.
  if (whole && range.to > SMALL) {
    answer.body.destroy()
    throw new AppError('HUB_NOT_A_HUB', { endpoint: repo.endpoint, detail: 'it answers no ranges' })
  }
  const first = whole ? 0 : startOf(answer, range.from)
  const bytes = (await upTo(answer, range.to - first)).subarray(range.from - first)
  if (bytes.length < range.to - range.from) throw new Error('the connection closed early')
  return bytes
}

/** Where a 206 begins. A mirror may leave Content-Range out (https://github.com/huggingface/hf-hub/pull/132). */
function startOf(answer: Dispatcher.ResponseData, from: number): number {
  const said = /^bytes (\d+)-/.exec(String(answer.headers['content-range'] ?? ''))?.[1]
  if (said === undefined || Number(said) === from) return from
  throw new Error(`bytes from ${said} in place of ${from}`)
}

async function upTo(answer: Dispatcher.ResponseData, most: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of answer.body as AsyncIterable<Buffer>) {
    pieces.push(piece)
    length += piece.length
    if (length >= most) break
  }
  return Buffer.concat(pieces).subarray(0, most)
}

/** 403 where the files are kept: a signed address whose time is over. The hub gives a new one. */
function refused(error: AppError, answer: Dispatcher.ResponseData, elsewhere: boolean): Failed {
  const { statusCode: status, headers } = answer
  const passing = status === 408 || status === 429 || status >= 500 || (status === 403 && elsewhere)
  const seconds = waitSeconds(headers, Date.now()) ?? 0
  return new Failed(error, passing && seconds <= PATIENCE_SECONDS, seconds * 1000)
}

async function network(thrown: unknown, url: string, dispatcher: Dispatcher): Promise<Failed> {
  const proxy = dispatcher instanceof ProfileAgent ? dispatcher.proxyFor(new URL(url)) : null
  const trouble = explainThrown(thrown, url, proxy)
  if (trouble === null) return new Failed(thrown, false)
  if (trouble.code === 'TLS_INTERCEPTED') trouble.issuer = await shownIssuer(new URL(url), proxy)
  return new Failed(troubleError(trouble, thrown), trouble.code === 'NETWORK_UNREACHABLE')
}
