/**
 * Places in a list that may be longer than a browser lets an element be: Chromium clamps at about 33 million pixels,
 * Firefox at 17 million, and 1 million rows of 36 pixels are 36 million. Up to LONGEST the bar is the list; above
 * it stands for its share of the list, while a turn of the wheel still moves by as many pixels as it says.
 */
export const ROW = 36
export const LONGEST = 8_000_000
/** A pixel of a bar that is dragged is more than this where LONGEST is exceeded; a turn of a wheel is less. */
const FAR = 8_000

/** Pixels. `content`: all rows; `view`: what is seen of them. */
export interface Track {
  content: number
  view: number
}

/** `scroll`: where the bar stands; `top`: the first pixel of the list that is seen. */
export interface Place {
  scroll: number
  top: number
}

const clamp = (value: number, most: number): number => Math.max(0, Math.min(value, Math.max(0, most)))

export const spacerOf = ({ content }: Track): number => Math.min(content, LONGEST)

/** Pixels of the list for each pixel of the bar. */
const ratio = (track: Track): number => {
  const way = spacerOf(track) - track.view
  return way <= 0 ? 1 : (track.content - track.view) / way
}

export const lastTop = ({ content, view }: Track): number => Math.max(0, content - view)

/** Where the bar stands for a place in the list. */
export const barAt = (track: Track, top: number): number => clamp(top, lastTop(track)) / ratio(track)

export const placeAt = (track: Track, top: number): Place => {
  const kept = clamp(top, lastTop(track))
  return { top: kept, scroll: barAt(track, kept) }
}

/** The bar was moved to `scroll`: by a little, as far as it says; by much or to an end, to its share. */
export function moved(track: Track, before: Place, scroll: number): Place {
  if (track.content <= LONGEST) return { scroll, top: scroll }
  const way = spacerOf(track) - track.view
  const by = scroll - before.scroll
  const far = Math.abs(by) > FAR
  const top = far ? scroll * ratio(track) : before.top + by
  // At an end of the bar is the end of the list.
  if (scroll <= 0) return { scroll, top: 0 }
  if (scroll >= way - 1) return { scroll, top: lastTop(track) }
  return { scroll, top: clamp(top, lastTop(track)) }
}

/** The bar has to be put right: so near to an end that it would get there before the list does. */
export function mustSettle(track: Track, { scroll, top }: Place): boolean {
  if (track.content <= LONGEST) return false
  const way = spacerOf(track) - track.view
  const margin = FAR + track.view
  return (scroll < margin || scroll > way - margin) && Math.abs(barAt(track, top) - scroll) > 1
}

/** The rows to draw, a few more than are seen; `to` is not among them. */
export function windowOf(track: Track, top: number, total: number): { from: number; to: number } {
  const from = Math.max(0, Math.floor(top / ROW) - 6)
  const to = Math.min(total, Math.ceil((top + track.view) / ROW) + 6)
  return { from: Math.min(from, to), to }
}

/** The nearest place where a row is seen whole. */
export function revealed(track: Track, top: number, row: number): number {
  const start = row * ROW
  if (start < top) return start
  if (start + ROW > top + track.view) return start + ROW - track.view
  return top
}
