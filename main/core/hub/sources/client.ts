import { setTimeout } from 'node:timers/promises'
import { request, type Dispatcher } from 'undici'
import type * as z from 'zod'
import { AppError } from '../../errors'
import { explained } from '../../net/fetch-file'
import { HttpStatusError } from '../../net/trouble'
import { header, waitSeconds, type AnswerHeaders } from '../transfer/headers'

/** An answer of a hub's API, after redirections. */
export interface Answer {
  status: number
  /** Who answered. */
  url: string
  headers: AnswerHeaders
  body: string
  /** It was sent on to another origin for good (301, 308). */
  moved: boolean
}

export interface ClientOptions {
  network: { dispatcher(): Dispatcher }
  /** What goes with a request to this address: a token only where it may be known. */
  headers: (url: URL) => Record<string, string>
  /** How the hub is called in messages. */
  endpoint: () => string
  /** Before the first new try; doubled for each one after it. */
  pauseMs?: number
}

const TRIES = 3
const REDIRECTIONS = 5
const TIMEOUT_MS = 20_000
/** A limit of requests that ends later than this is told, not waited for. */
const LONGEST_WAIT_S = 60
/** A page of a tree has 1000 entries of 300 bytes; nothing of an API is larger than this by far. */
const LONGEST_BODY = 64 * 1024 * 1024

/** Asks a hub's API: no HEAD, no Referer, redirections followed by our own rules, tried again after what may pass. */
export function createClient(options: ClientOptions) {
  /** Errors: HUB_RATE_LIMITED, HUB_NOT_A_HUB, those of the network. Any other status is the caller's to explain. */
  async function get(address: string, signal: AbortSignal): Promise<Answer> {
    for (let failed = 0; ;) {
      const pause = (options.pauseMs ?? 500) * 2 ** failed
      let wait = pause
      let at = address
      try {
        const answer = await follow(address, signal, (url) => (at = url))
        if (answer.status === 429) {
          const seconds = waitSeconds(answer.headers, Date.now())
          if (++failed >= TRIES || (seconds ?? 0) > LONGEST_WAIT_S)
            throw rateLimited(options.endpoint(), answer.headers)
          wait = seconds === null ? pause : seconds * 1000
        } else if (answer.status < 500 && answer.status !== 408) return answer
        else throw new HttpStatusError(answer.status, answer.url)
      } catch (thrown) {
        signal.throwIfAborted()
        if (thrown instanceof AppError) throw thrown
        const { error, passing } = await explained(thrown, options.network.dispatcher(), at)
        if (!passing || ++failed >= TRIES) throw error
      }
      await setTimeout(wait, undefined, { signal })
    }
  }

  async function follow(address: string, signal: AbortSignal, onHop: (url: string) => void): Promise<Answer> {
    let url = new URL(address)
    let moved = false
    for (let hops = 0; hops <= REDIRECTIONS; hops++) {
      onHop(url.href)
      const answer = await request(url, {
        dispatcher: options.network.dispatcher(),
        signal,
        headersTimeout: TIMEOUT_MS,
        bodyTimeout: TIMEOUT_MS,
        headers: { 'user-agent': 'verl-launchpad', accept: 'application/json', ...options.headers(url) },
      })
      const location = answer.headers.location
      if (answer.statusCode < 300 || answer.statusCode >= 400 || typeof location !== 'string') {
        const body = await text(answer.body, options.endpoint())
        return { status: answer.statusCode, url: url.href, headers: answer.headers, body, moved }
      }
      await answer.body.dump()
      if (!URL.canParse(location, url.href)) break
      const next = new URL(location, url)
      if (!/^https?:$/.test(next.protocol)) break
      if (next.origin !== url.origin && (answer.statusCode === 301 || answer.statusCode === 308)) moved = true
      url = next
    }
    throw new AppError('HUB_NOT_A_HUB', { endpoint: options.endpoint(), detail: 'HTTP 3xx' })
  }
  return { get }
}

async function text(body: AsyncIterable<Uint8Array>, endpoint: string): Promise<string> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of body) {
    size += piece.length
    if (size > LONGEST_BODY) throw new AppError('HUB_NOT_A_HUB', { endpoint, detail: `> ${LONGEST_BODY} B` })
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

/** Errors: HUB_NOT_A_HUB where it is a page for people, or JSON of something else. */
export function parsed<T>(answer: Answer, schema: z.ZodType<T>, endpoint: string): T {
  const type = header(answer.headers, 'content-type') ?? '?'
  let value: unknown
  try {
    value = JSON.parse(answer.body)
  } catch (thrown) {
    throw new AppError('HUB_NOT_A_HUB', { endpoint, detail: type.split(';')[0] ?? type }, thrown)
  }
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const where = result.error.issues[0]?.path.join('.') ?? ''
  throw new AppError('HUB_NOT_A_HUB', { endpoint, detail: `JSON ${where}`.trim() }, result.error)
}

export function rateLimited(endpoint: string, headers: AnswerHeaders): AppError {
  return new AppError('HUB_RATE_LIMITED', { endpoint, seconds: waitSeconds(headers, Date.now()) ?? LONGEST_WAIT_S })
}
