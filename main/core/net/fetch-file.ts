import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { request, type Dispatcher } from 'undici'
import { AppError, errnoOf } from '../errors'
import { sizeOf } from '../state/file-size'

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
}

const TRIES = 4

/**
 * Fetches one file, continuing a `.part` of an earlier try, and renames it only after its digest
 * matched. Errors: NETWORK_UNREACHABLE (address, reason), DIGEST_MISMATCH, or the system's (disk).
 */
export async function fetchFile(file: FileRequest): Promise<void> {
  await mkdir(dirname(file.target), { recursive: true })
  const part = `${file.target}.part`
  let damaged = 0
  for (let failed = 0; ;) {
    try {
      await download(file, part)
    } catch (thrown) {
      file.signal.throwIfAborted()
      if (++failed >= TRIES || !isNetworkTrouble(thrown)) throw asNetworkError(file.url, thrown)
      await setTimeout(500 * 2 ** failed, undefined, { signal: file.signal })
      continue
    }
    if (file.sha256 === null || (await sha256Of(part)) === file.sha256) break
    await rm(part)
    if (++damaged >= 2) throw new AppError('DIGEST_MISMATCH', { file: file.url })
  }
  await rename(part, file.target)
}

async function download(file: FileRequest, part: string): Promise<void> {
  const have = await sizeOf(part)
  const answer = await request(file.url, {
    dispatcher: file.dispatcher,
    signal: file.signal,
    headersTimeout: 30_000,
    bodyTimeout: 60_000,
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
    throw new HttpStatusError(answer.statusCode)
  }
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

/** Size by HEAD, or null when the server does not say. */
export async function remoteSize(url: string, dispatcher: Dispatcher, signal: AbortSignal): Promise<number | null> {
  try {
    const answer = await request(url, { method: 'HEAD', dispatcher, signal, headersTimeout: 10_000 })
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
    return reasonOf(thrown)
  }
}

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(file, { highWaterMark: 1024 * 1024 })) hash.update(piece as Buffer)
  return hash.digest('hex')
}

class HttpStatusError extends Error {
  constructor(readonly status: number) {
    super(`HTTP ${status}`)
  }
}

function isNetworkTrouble(thrown: unknown): boolean {
  if (thrown instanceof HttpStatusError) return thrown.status === 429 || thrown.status >= 500
  return errnoOf(thrown) !== 'ENOSPC' && errnoOf(thrown) !== 'EACCES'
}

function asNetworkError(url: string, thrown: unknown): unknown {
  if (!isNetworkTrouble(thrown) && !(thrown instanceof HttpStatusError)) return thrown
  return new AppError('NETWORK_UNREACHABLE', { address: new URL(url).host, detail: reasonOf(thrown) }, thrown)
}

function reasonOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return reasonOf(thrown.errors[0])
  return thrown instanceof Error ? thrown.message || (errnoOf(thrown) ?? thrown.name) : String(thrown)
}
