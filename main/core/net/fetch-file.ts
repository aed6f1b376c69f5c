import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { interceptors, request, type Dispatcher } from 'undici'
import { AppError } from '../errors'
import { sizeOf } from '../state/file-size'
import { ProfileAgent } from './agent'
import { shownIssuer } from './issuer'
import { withoutSecrets } from './proxy'
import { explainThrown, HttpStatusError, isPassing, reasonOf, troubleError } from './trouble'

export interface FileRequest {
  url: string
  /** Where it lands once every byte is right. Bytes on the way lie beside it as `.part`. */
  target: string
  /** Lower-case hex; null only where the index gives none. */
  sha256: string | null
  dispatcher: Dispatcher
  signal: AbortSignal
  /** Called with how many bytes of the file are on the disk; goes back when it must start over. */
  onBytes: (position: number) => void
  /** Called with the host that the bytes come from, which is another one after a redirection. */
  onHost?: (host: string) => void
  /** Without a byte for this long the transfer is broken off and continued anew. */
  stallMs?: number
  /** Before the first new try; doubled for each one after it. */
  pauseMs?: number
}

const TRIES = 4
/** A mirror hands out to a storage host, which may hand on once more; more than this is a loop. */
const REDIRECTIONS = 5
const STALL_MS = 30_000

/**
 * Fetches one file, continuing a `.part` of an earlier try, and renames it only after its digest
 * matched. Tries again after what may pass (no answer, a stall, 5xx), for as long as the file grows.
 * Errors: NETWORK_UNREACHABLE, TLS_INTERCEPTED, PROXY_REFUSED, FILE_NOT_OFFERED, DIGEST_MISMATCH,
 * DISK_FULL, or the system's (disk).
 */
export async function fetchFile(file: FileRequest): Promise<void> {
  await mkdir(dirname(file.target), { recursive: true })
  const part = `${file.target}.part`
  let damaged = 0
  let furthest = await sizeOf(part)
  for (let failed = 0; ;) {
    const way = followed(file.dispatcher, file.url)
    try {
      await download(file, part, way)
    } catch (thrown) {
      file.signal.throwIfAborted()
      const { error, passing } = await explained(thrown, file.dispatcher, way.address())
      const have = await sizeOf(part)
      // Further than ever before, or a server that knows no ranges would be asked for ever.
      if (have > furthest) failed = 0
      furthest = Math.max(furthest, have)
      if (!passing || ++failed >= TRIES) throw error
      await setTimeout((file.pauseMs ?? 1_000) * 2 ** (failed - 1), undefined, { signal: file.signal })
      continue
    }
    if (file.sha256 === null || (await sha256Of(part)) === file.sha256) break
    await rm(part)
    furthest = 0
    if (++damaged >= 2) throw new AppError('DIGEST_MISMATCH', { file: file.url })
  }
  await rename(part, file.target)
}

async function download(file: FileRequest, part: string, way: Way): Promise<void> {
  const have = await sizeOf(part)
  const stallMs = file.stallMs ?? STALL_MS
  const answer = await request(file.url, {
    dispatcher: way.dispatcher,
    signal: file.signal,
    headersTimeout: stallMs,
    bodyTimeout: stallMs,
    // "identity": a transparent gzip would make byte counts and ranges meaningless.
    headers: { 'accept-encoding': 'identity', ...(have > 0 ? { range: `bytes=${have}-` } : {}) },
  })
  if (answer.statusCode === 416) {
    // The part is as long as the file or longer: let the digest decide, from the whole if it must.
    await answer.body.dump()
    return
  }
  if (answer.statusCode !== 200 && answer.statusCode !== 206) {
    await answer.body.dump()
    throw new HttpStatusError(answer.statusCode, way.address())
  }
  file.onHost?.(new URL(way.address()).host)
  // 200 to a Range request is the whole file again: what we had is written over from the start.
  const from = answer.statusCode === 206 ? have : 0
  const handle = await open(part, from > 0 ? 'r+' : 'w')
  try {
    file.onBytes(from)
    let position = from
    for await (const piece of answer.body as AsyncIterable<Uint8Array>) {
      await handle.write(piece, 0, piece.length, position)
      position += piece.length
      file.onBytes(position)
    }
    const promised = Number(answer.headers['content-length'])
    if (Number.isFinite(promised) && position - from !== promised) throw new Error('the connection closed early')
    await handle.sync()
  } finally {
    await handle.close()
  }
}

interface Way {
  dispatcher: Dispatcher
  /** What was asked last: where a redirection led to. */
  address: () => string
}

/** Follows redirections, and tells where they led: that host is to be named, and to blame. */
function followed(dispatcher: Dispatcher, url: string): Way {
  let address = url
  const remembering: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) => {
    address = new URL(options.path, options.origin).href
    return dispatch(options, handler)
  }
  const redirecting = interceptors.redirect({ maxRedirections: REDIRECTIONS })
  return { dispatcher: dispatcher.compose(remembering, redirecting), address: () => address }
}

/** The error to report, with the issuer of a certificate that was not trusted; the system's stay what they are. */
export async function explained(thrown: unknown, dispatcher: Dispatcher, address: string) {
  const url = new URL(address)
  const proxy = dispatcher instanceof ProfileAgent ? dispatcher.proxyFor(url) : null
  const trouble = explainThrown(thrown, address, proxy)
  if (trouble === null) return { error: thrown, passing: false }
  if (trouble.code === 'TLS_INTERCEPTED') trouble.issuer = await shownIssuer(url, proxy)
  return { error: troubleError(trouble, thrown), passing: isPassing(thrown, trouble) }
}

/** Size by HEAD, or null when the server does not say. */
export async function remoteSize(url: string, dispatcher: Dispatcher, signal: AbortSignal): Promise<number | null> {
  try {
    const answer = await request(url, {
      method: 'HEAD',
      dispatcher: followed(dispatcher, url).dispatcher,
      signal,
      headersTimeout: 10_000,
    })
    await answer.body.dump()
    const length = Number(answer.headers['content-length'])
    return answer.statusCode === 200 && Number.isFinite(length) ? length : null
  } catch {
    signal.throwIfAborted()
    return null
  }
}

/** null when the address answers at all; else the reason in the system's words. */
export async function unreachable(url: string, dispatcher: Dispatcher, timeoutMs = 5_000): Promise<string | null> {
  try {
    const answer = await request(url, { dispatcher, signal: AbortSignal.timeout(timeoutMs) })
    await answer.body.dump()
    return answer.statusCode >= 500 ? `HTTP ${answer.statusCode}` : null
  } catch (thrown) {
    return withoutSecrets(reasonOf(thrown))
  }
}

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(file, { highWaterMark: 1024 * 1024 })) hash.update(piece as Buffer)
  return hash.digest('hex')
}
