import type { Link, LinkMember } from './link'
import { LONGEST, mustSettle, moved, placeAt, revealed, windowOf, ROW, type Place, type Track } from './scroll'

/** What of the list is in sight of the box. */
interface Sight {
  /** Rows to draw; `to` is not among them. */
  from: number
  to: number
  /** Added to a row's place in the list it gives its place below the header. */
  shift: number
  /** Pixels: how far sideways, in steps, and the size of the box's inside below the header. */
  left: number
  view: number
  room: number
}

/** Where a grid stands; outside React, because the browser moves it between two drawings. */
export interface Scroller {
  /** The box that scrolls, with a header of `head` pixels; the answer lets go of it. */
  attach(box: HTMLElement, head: number, link: Link | null): () => void
  setTotal(rows: number): void
  /** Puts a row at the top, or, with `near`, only just into sight. */
  reveal(row: number, near?: boolean): void
  /** Brings what lies between two pixels into sight, right of `before` pixels that stay. */
  revealAcross(start: number, end: number, before: number): void
  sight(): Sight
  subscribe(onChange: () => void): () => void
}

const REST_MS = 160
/** Sideways the drawing follows in steps: a column is drawn well before it is seen. */
const STEP = 120

export function createScroller(): Scroller {
  const listeners = new Set<() => void>()
  let box: HTMLElement | null = null
  let track: Track = { content: 0, view: 0 }
  let place: Place = { scroll: 0, top: 0 }
  let total = 0
  let room = 0
  let sight: Sight = { from: 0, to: 0, shift: 0, left: 0, view: 0, room: 0 }

  function draw(): void {
    const { from, to } = windowOf(track, place.top, total)
    const left = Math.floor((box?.scrollLeft ?? 0) / STEP) * STEP
    const next = { from, to, shift: place.scroll - place.top, left, view: track.view, room }
    const keys = Object.keys(next) as (keyof Sight)[]
    if (keys.every((key) => next[key] === sight[key])) return
    sight = next
    for (const listener of listeners) listener()
  }

  function put(next: Place): void {
    // Half pixels are rounded by the browser; what it then says has to be no news.
    place = { top: next.top, scroll: Math.round(next.scroll) }
    if (box !== null && box.scrollTop !== place.scroll) box.scrollTop = place.scroll
    draw()
  }

  function settle(): void {
    if (track.content > LONGEST) put(placeAt(track, place.top))
  }

  function measure(rows: number, view: number): void {
    total = rows
    track = { content: rows * ROW, view }
    const kept = placeAt(track, place.top)
    if (kept.top === place.top) draw()
    else put(kept)
  }

  function attach(element: HTMLElement, head: number, link: Link | null): () => void {
    box = element
    let rest: ReturnType<typeof setTimeout> | undefined
    let sideways = element.scrollLeft
    const size = () => {
      room = element.clientWidth
      measure(total, Math.max(0, element.clientHeight - head))
    }
    const follow: LinkMember = (top, left) => {
      sideways = left
      element.scrollLeft = left
      put(placeAt(track, top))
    }
    const onScroll = () => {
      const { scrollTop, scrollLeft } = element
      // What we did ourselves is said back to us; answered, two linked grids would push each other.
      const own = Math.abs(scrollTop - place.scroll) < 1
      if (!own) {
        place = moved(track, place, scrollTop)
        clearTimeout(rest)
        rest = setTimeout(settle, REST_MS)
        if (mustSettle(track, place)) settle()
      }
      draw()
      if (!own || scrollLeft !== sideways) link?.tell(follow, place.top, scrollLeft)
      sideways = scrollLeft
    }
    const watch = new ResizeObserver(size)
    watch.observe(element)
    element.addEventListener('scroll', onScroll, { passive: true })
    const leave = link?.join(follow)
    size()
    return () => {
      clearTimeout(rest)
      watch.disconnect()
      element.removeEventListener('scroll', onScroll)
      leave?.()
      box = null
    }
  }

  return {
    attach,
    setTotal: (rows) => measure(rows, track.view),
    reveal(row, near = false) {
      const next = near ? revealed(track, place.top, row) : row * ROW
      if (next !== place.top) put(placeAt(track, next))
    },
    revealAcross(start, end, before) {
      if (box === null) return
      if (start < box.scrollLeft + before) box.scrollLeft = start - before
      else if (end > box.scrollLeft + room) box.scrollLeft = Math.min(end - room, start - before)
    },
    sight: () => sight,
    subscribe(onChange) {
      listeners.add(onChange)
      return () => void listeners.delete(onChange)
    },
  }
}
