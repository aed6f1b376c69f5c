import { StringDecoder } from 'node:string_decoder'
import { setTimeout } from 'node:timers/promises'
import type { TerminalEnd, TerminalEvent } from '#contract'

/** Measured: with less a flood is drawn slowly, with more Ctrl-C shows late and frames are missed. */
export const UNACKED_LIMIT = 128 * 1024
const BATCH_MS = 8
const BATCH_BYTES = 64 * 1024
/** What is drawn again after a reload, in characters. */
const KEPT = 64 * 1024

/** What a shell wrote, on its way to the one page that shows it. */
export interface Output {
  take(data: Buffer): void
  end(end: TerminalEnd): void
  ack(bytes: number): void
  /** Takes the terminal over from who watched it before. Ends after the shell, or with `signal`. */
  watch(signal?: AbortSignal): AsyncGenerator<TerminalEvent, void, void>
  watched(): boolean
  /** Bytes sent or about to be sent, and not drawn yet. */
  unacked(): number
}

interface Viewer {
  pending: string
  pendingBytes: number
  unacked: number
  taken: boolean
  wake: () => void
}

/**
 * A page that is slow stops the shell, as a slow screen always has: `pause` is called when too much is not
 * acknowledged, `resume` when half of it is. Without a page the shell goes on, and only the end is kept.
 */
export function createOutput(flow: { pause(): void; resume(): void }): Output {
  const decoder = new StringDecoder('utf8')
  let kept = ''
  let viewer: Viewer | null = null
  let ended: TerminalEnd | null = null
  let paused = false

  function regulate(): void {
    const unacked = viewer?.unacked ?? 0
    if (!paused && unacked >= UNACKED_LIMIT) {
      paused = true
      flow.pause()
    } else if (paused && unacked <= UNACKED_LIMIT / 2) {
      paused = false
      flow.resume()
    }
  }

  function add(text: string, bytes: number): void {
    kept = (kept + text).slice(-2 * KEPT)
    if (viewer === null) return
    viewer.pending += text
    viewer.pendingBytes += bytes
    viewer.unacked += bytes
    viewer.wake()
    regulate()
  }

  async function* follow(me: Viewer, signal: AbortSignal | undefined): AsyncGenerator<TerminalEvent, void, void> {
    yield { kind: 'attached', text: lastLines(kept) }
    const over = () => me.taken || signal?.aborted === true
    while (!over()) {
      if (me.pendingBytes > 0) {
        // A little later there is usually more: fewer, larger events are drawn twice as fast.
        if (me.pendingBytes < BATCH_BYTES && ended === null) await setTimeout(BATCH_MS)
        if (over()) break
        const { pending: text, pendingBytes: bytes } = me
        Object.assign(me, { pending: '', pendingBytes: 0 })
        yield { kind: 'output', text, bytes }
      } else if (ended !== null) {
        return yield { kind: 'ended', end: ended }
      } else {
        await new Promise<void>((resolve) => (me.wake = resolve))
      }
    }
    if (me.taken) yield { kind: 'taken' }
  }

  return {
    take: (data) => add(decoder.write(data), data.length),
    end(end) {
      add(decoder.end(), 0)
      ended = end
      viewer?.wake()
    },
    ack(bytes) {
      if (viewer === null) return
      viewer.unacked = Math.max(0, viewer.unacked - bytes)
      regulate()
    },
    async *watch(signal) {
      if (viewer !== null) {
        viewer.taken = true
        viewer.wake()
      }
      const me: Viewer = { pending: '', pendingBytes: 0, unacked: 0, taken: false, wake: () => undefined }
      viewer = me
      regulate()
      const onAbort = () => me.wake()
      signal?.addEventListener('abort', onAbort)
      try {
        yield* follow(me, signal)
      } finally {
        signal?.removeEventListener('abort', onAbort)
        if (viewer === me) {
          viewer = null
          regulate()
        }
      }
    },
    watched: () => viewer !== null,
    unacked: () => viewer?.unacked ?? 0,
  }
}

/** The end of the text, from a whole line on: the half of a colour's sequence would be shown as text. */
function lastLines(text: string): string {
  if (text.length <= KEPT) return text
  const end = text.slice(-KEPT)
  return end.slice(end.indexOf('\n') + 1)
}
