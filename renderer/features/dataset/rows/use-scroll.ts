import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react'
import {
  LONGEST,
  mustSettle,
  moved,
  placeAt,
  revealed,
  spacerOf,
  windowOf,
  ROW,
  type Place,
  type Track,
} from './scroll'

/** Two grids that show the same place. */
export interface Link {
  join(member: LinkMember): () => void
  tell(from: LinkMember, top: number, left: number): void
}
export type LinkMember = (top: number, left: number) => void

export function createLink(): Link {
  const members = new Set<LinkMember>()
  return {
    join(member) {
      members.add(member)
      return () => void members.delete(member)
    },
    tell(from, top, left) {
      for (const member of members) if (member !== from) member(top, left)
    },
  }
}

interface Shown {
  from: number
  to: number
  /** Added to a row's place in the list it gives its place below the header. */
  shift: number
}

export interface Scroll {
  shown: Shown
  spacer: number
  /** Rows that fit. */
  fits: number
  /** Puts a row at the top, or, with `near`, only just into sight. */
  reveal(row: number, near?: boolean): void
}

const REST_MS = 160

/** Which rows of `total` are in sight of `box`, below a header of `head` pixels. */
export function useScroll(box: RefObject<HTMLElement | null>, total: number, head: number, link: Link | null): Scroll {
  const [view, setView] = useState(0)
  const [shown, setShown] = useState<Shown>({ from: 0, to: 0, shift: 0 })
  const place = useRef<Place>({ scroll: 0, top: 0 })
  const track = useRef<Track>({ content: 0, view: 0 })

  const draw = useCallback(() => {
    const { top, scroll } = place.current
    const { from, to } = windowOf(track.current, top, Math.round(track.current.content / ROW))
    const shift = scroll - top
    setShown((was) => (was.from === from && was.to === to && was.shift === shift ? was : { from, to, shift }))
  }, [])
  const put = useCallback(
    (next: Place) => {
      // Half pixels are rounded by the browser; what it then says has to be no news.
      place.current = { top: next.top, scroll: Math.round(next.scroll) }
      if (box.current !== null) box.current.scrollTop = place.current.scroll
      draw()
    },
    [box, draw],
  )

  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    const measure = new ResizeObserver(() => setView(Math.max(0, element.clientHeight - head)))
    measure.observe(element)
    setView(Math.max(0, element.clientHeight - head))
    return () => measure.disconnect()
  }, [box, head])

  useLayoutEffect(() => {
    track.current = { content: total * ROW, view }
    const { top } = placeAt(track.current, place.current.top)
    if (top !== place.current.top) put(placeAt(track.current, top))
    else draw()
  }, [total, view, draw, put])

  useEffect(() => {
    const element = box.current
    if (element === null) return
    let rest: ReturnType<typeof setTimeout> | undefined
    let sideways = element.scrollLeft
    const follow: LinkMember = (top, left) => {
      put(placeAt(track.current, top))
      sideways = left
      element.scrollLeft = left
    }
    const settle = () => {
      if (track.current.content > LONGEST) put(placeAt(track.current, place.current.top))
    }
    const onScroll = () => {
      const { scrollTop, scrollLeft } = element
      // What we did ourselves is said back to us; answered, two linked grids would push each other.
      const own = scrollTop === place.current.scroll
      if (!own) {
        place.current = moved(track.current, place.current, scrollTop)
        if (mustSettle(track.current, place.current)) settle()
        else draw()
        clearTimeout(rest)
        rest = setTimeout(settle, REST_MS)
      }
      if (!own || scrollLeft !== sideways) link?.tell(follow, place.current.top, scrollLeft)
      sideways = scrollLeft
    }
    element.addEventListener('scroll', onScroll, { passive: true })
    const leave = link?.join(follow)
    return () => {
      clearTimeout(rest)
      element.removeEventListener('scroll', onScroll)
      leave?.()
    }
  }, [box, draw, link, put])

  const reveal = useCallback(
    (row: number, near = false) => {
      const { top } = place.current
      const next = near ? revealed(track.current, top, row) : row * ROW
      if (next !== top) put(placeAt(track.current, next))
    },
    [put],
  )
  return { shown, spacer: spacerOf({ content: total * ROW, view }), fits: Math.max(1, Math.floor(view / ROW)), reveal }
}
