import type { LogChunk } from '#contract'

const KIB = 1024
/** A read small enough that taking it in never holds the page up: one of these per frame is 1.0 MB/s. */
const CHUNK_BYTES = 16 * KIB
const FIRST_TAIL_BYTES = 512 * KIB
/** Further behind than this, the newest part matters more than the whole. */
const LAG_BYTES = 2048 * KIB
/** One part when reading from the start; about what the scrollback holds. */
const PART_BYTES = 1024 * KIB

export interface PumpState {
  /** First byte on show. */
  from: number
  /** Up to where it is on show. */
  next: number
  size: number
  /** "follow": the end, as it grows. "part": a fixed stretch. */
  mode: 'follow' | 'part'
  failed: boolean
}

export interface PumpPorts {
  read(from: number, max: number): Promise<LogChunk>
  /** Settles when the text has been taken in; nothing more is read before that. */
  write(text: string): Promise<void>
  reset(): void
  /** Bytes left out because writing could not keep up. */
  skipped(bytes: number): void
  frame(): Promise<void>
  pause(ms: number): Promise<void>
  changed(state: PumpState): void
}

export interface Pump {
  /** The log is at least this long now. */
  grow(size: number): void
  fromStart(): void
  nextPart(): void
  follow(): void
  /** Shows the part that `offset` lies in; true once it is on show, false when something else was asked for meanwhile. */
  show(offset: number): Promise<boolean>
  dispose(): void
}

/** What is shown before a place that is jumped to. */
const BEFORE_BYTES = 16 * KIB

/** Text that starts in the middle of a line is cut to its first whole one. */
function fromWholeLine(text: string): string {
  const end = text.indexOf('\n')
  return end === -1 ? text : text.slice(end + 1)
}

const RETRY_MS = 1500

/** Moves a log from the core to the screen: pulled by offset, acknowledged, never buffered. */
export function createPump(ports: PumpPorts, initialSize: number): Pump {
  const start = Math.max(0, initialSize - FIRST_TAIL_BYTES)
  let state: PumpState = { from: start, next: start, size: initialSize, mode: 'follow', failed: false }
  let limit = Number.POSITIVE_INFINITY
  let midLine = start > 0
  let busy = false
  let over = false
  let awaited: { offset: number; settle(shown: boolean): void } | null = null
  // A jump while a read is under way makes that read worthless; the number tells.
  let turn = 0

  const set = (patch: Partial<PumpState>) => {
    state = { ...state, ...patch }
    ports.changed(state)
    if (awaited !== null && state.next > awaited.offset) awaited.settle(true)
  }

  const jump = (from: number, mode: PumpState['mode'], until: number) => {
    turn += 1
    awaited?.settle(false)
    limit = until
    midLine = from > 0
    ports.reset()
    set({ from, next: from, mode })
    void work()
  }

  async function step(): Promise<void> {
    const mine = turn
    await ports.frame()
    const chunk = await ports.read(state.next, CHUNK_BYTES)
    if (over || mine !== turn) return
    const text = midLine ? fromWholeLine(chunk.text) : chunk.text
    midLine = false
    if (text !== '') await ports.write(text)
    if (over || mine !== turn) return
    const size = Math.max(state.size, chunk.size)
    // A reader that gets nothing has reached the real end, whatever the hint said.
    const ended = chunk.next <= state.next
    set({ next: chunk.next, size: ended ? chunk.next : size, failed: false })
    skipWhenBehind()
  }

  function skipWhenBehind(): void {
    const behind = state.size - state.next
    if (state.mode !== 'follow' || behind <= LAG_BYTES) return
    const from = state.size - FIRST_TAIL_BYTES
    ports.skipped(from - state.next)
    midLine = true
    set({ from, next: from })
  }

  async function work(): Promise<void> {
    if (busy) return
    busy = true
    while (!over && state.next < Math.min(state.size, limit)) {
      try {
        await step()
      } catch {
        if (over) break
        set({ failed: true })
        await ports.pause(RETRY_MS)
      }
    }
    busy = false
  }

  void work()
  return {
    grow: (size) => {
      if (size < state.size) {
        // Shorter than before: another file under the same name.
        set({ size })
        if (size < state.next) jump(0, 'follow', Number.POSITIVE_INFINITY)
      } else if (size > state.size) {
        set({ size })
        void work()
      }
    },
    fromStart: () => jump(0, 'part', PART_BYTES),
    nextPart: () => {
      limit = state.next + PART_BYTES
      set({})
      void work()
    },
    follow: () => jump(Math.max(0, state.size - FIRST_TAIL_BYTES), 'follow', Number.POSITIVE_INFINITY),
    show: (offset) => {
      const from = Math.max(0, offset - BEFORE_BYTES)
      jump(from, 'part', from + PART_BYTES)
      return new Promise((resolve) => {
        const settle = (shown: boolean) => {
          awaited = null
          resolve(shown)
        }
        awaited = { offset: Math.min(offset, state.size - 1), settle }
      })
    },
    dispose: () => {
      over = true
      awaited?.settle(false)
    },
  }
}
