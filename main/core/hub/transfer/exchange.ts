import type { Dispatcher } from 'undici'
import { header, type AnswerHeaders } from './headers'

/** More than this is a loop. The hub hands on to its cache or its storage; a renamed repository once more. */
const REDIRECTIONS = 6
/** A connection is told to wait when so much lies here unwritten: it is what a kill loses. */
const HIGH = 256 * 1024

/** Where bytes come from once redirections were followed; good for the next ranges of the file too. */
export interface Way {
  url: string
  headers: Record<string, string>
}

export interface Answer {
  status: number
  headers: AnswerHeaders
  /** Who answered in the end, and what may be sent there again. */
  way: Way
  /** What arrived since; null at the end. Fails when the connection does. */
  next(): Promise<Buffer[] | null>
}

/** One request under way; watched from outside for silence. */
export interface Exchange {
  /** Of the request that is under way now. */
  url: string
  /** Since when we wait for the other side; null while we are busy ourselves. */
  waitingSince: number | null
  /** Milliseconds of waiting, and bytes, since the counters were last reset. */
  waited: number
  bytes: number
  abort(reason: Error): void
}

/** Its own, so that a connection that we ended ourselves is not taken for a broken one. */
export class Ended extends Error {}

/**
 * Asks for a file, following redirections by hand: the headers of an address, a token among them, go to its own
 * origin and, once a redirection led away from there, to nobody. Fails as the network does, or with what `abort` was given.
 */
export function startExchange(dispatcher: Dispatcher, way: Way, range: string | null) {
  let current: ReturnType<typeof send> | null = null
  let ended: Error | null = null
  const exchange: Exchange = {
    url: way.url,
    waitingSince: Date.now(),
    waited: 0,
    bytes: 0,
    abort(reason) {
      ended ??= reason
      current?.abort(ended)
    },
  }
  async function answer(): Promise<Answer> {
    let url = new URL(way.url)
    let headers = way.headers
    for (let hops = 0; ; hops++) {
      if (ended !== null) throw ended
      exchange.url = url.href
      exchange.waitingSince = Date.now()
      current = send(dispatcher, url, headers, range, exchange)
      const { status, headers: got } = await current.head
      const location = header(got, 'location')
      if (status < 300 || status >= 400 || status === 304 || location === null) {
        return { status, headers: got, way: { url: url.href, headers }, next: current.next }
      }
      await drain(current)
      const next = URL.canParse(location, url.href) ? new URL(location, url) : null
      if (next === null || !/^https?:$/.test(next.protocol) || hops >= REDIRECTIONS) {
        throw new Error(`redirected to nowhere: ${location.slice(0, 200)}`)
      }
      if (next.origin !== url.origin) headers = {}
      url = next
    }
  }
  return { exchange, answer }
}

/** The few words of a redirection, so that its connection can be used again; more is not worth reading. */
async function drain(sent: ReturnType<typeof send>): Promise<void> {
  for (let bytes = 0; ;) {
    const pieces = await sent.next()
    if (pieces === null) return
    bytes += pieces.reduce((sum, { length }) => sum + length, 0)
    if (bytes > HIGH) return sent.abort(new Ended('a redirection with a long body'))
  }
}

/** One request by undici's own handler: a stream in between costs a fifth of the speed. */
function send(dispatcher: Dispatcher, url: URL, headers: Record<string, string>, range: string | null, seen: Exchange) {
  let controller: Dispatcher.DispatchController | null = null
  let failed: Error | null = null
  let ended = false
  let waiting: Buffer[] = []
  let held = 0
  let wake: (() => void) | null = null
  const woken = () => (wake?.(), (wake = null))
  let refuse: (error: Error) => void = () => {}
  const fail = (error: Error) => {
    failed ??= error
    refuse(error)
    woken()
  }
  const head = new Promise<{ status: number; headers: AnswerHeaders }>((done, refused) => {
    refuse = refused
    dispatcher.dispatch(
      {
        origin: url.origin,
        path: url.pathname + url.search,
        method: 'GET',
        // "identity": a transparent gzip would make byte counts and ranges meaningless. No Referer: hf-mirror.com
        // answers one that is not its own with a page (measured.md A4).
        headers: { 'accept-encoding': 'identity', ...headers, ...(range === null ? {} : { range }) },
        // Silence is watched from outside, which knows when we ourselves made it wait.
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      {
        onRequestStart(given) {
          controller = given
          if (failed !== null) given.abort(failed)
        },
        onResponseStart(_, status, got) {
          if (status >= 200) done({ status, headers: got })
        },
        onResponseData(given, chunk) {
          waiting.push(chunk)
          held += chunk.length
          seen.bytes += chunk.length
          // Whoever hears something is not waiting any more, even if it is not enough to be told.
          if (seen.waitingSince !== null) noteWait(seen)
          if (held >= HIGH) given.pause()
          woken()
        },
        onResponseEnd() {
          ended = true
          woken()
        },
        onResponseError: (_, error) => fail(error),
      },
    )
  })
  head.catch(() => {}) // also when nobody asks any more
  return {
    head,
    abort(reason: Error) {
      fail(reason)
      controller?.abort(reason)
    },
    async next(): Promise<Buffer[] | null> {
      while (waiting.length === 0) {
        if (failed !== null) throw failed
        if (ended) return null
        seen.waitingSince = Date.now()
        await new Promise<void>((go) => (wake = go))
      }
      if (seen.waitingSince !== null) noteWait(seen)
      seen.waitingSince = null
      const pieces = waiting
      waiting = []
      held = 0
      if (controller?.paused === true) controller.resume()
      return pieces
    },
  }
}

/** The time waited so far goes to the account, and a new wait begins. */
function noteWait(seen: Exchange): void {
  const now = Date.now()
  seen.waited += now - (seen.waitingSince ?? now)
  seen.waitingSince = now
}
