/**
 * Places in a list that may be longer than a browser lets an element be: Chromium clamps at about 33 million pixels,
 * Firefox at 17 million, and 1 million rows of 36 pixels are 36 million. Up to LONGEST the bar is the list; above it
 * the bar stands for its share of the list, but for the first and last FAR pixels, where both are the same again:
 * so a turn of the wheel, which moves by as many pixels as it says, never gets the bar to an end before the list.
 */
export const ROW = 36
export const LONGEST = 8_000_000
/** More than a wheel turns at once, less than a pixel of a bar that is dragged moves by. */
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

const lastTop = ({ content, view }: Track): number => Math.max(0, content - view)
const lastScroll = (track: Track): number => Math.max(0, spacerOf(track) - track.view)
const isScaled = ({ content }: Track): boolean => content > LONGEST

/** From one length to another: the ends of FAR pixels as they are, the middle by its share. */
function stretch(value: number, from: number, to: number): number {
  if (value <= FAR) return value
  if (value >= from - FAR) return to - (from - value)
  return FAR + ((value - FAR) / (from - 2 * FAR)) * (to - 2 * FAR)
}

/** Where the bar stands for a place in the list. */
export const barAt = (track: Track, top: number): number =>
  isScaled(track) ? stretch(top, lastTop(track), lastScroll(track)) : top

export function placeAt(track: Track, top: number): Place {
  const kept = clamp(top, lastTop(track))
  return { top: kept, scroll: barAt(track, kept) }
}

/** The bar was moved to `scroll`: by a little, as far as it says; by much, to its share. */
export function moved(track: Track, before: Place, scroll: number): Place {
  if (!isScaled(track)) return { scroll, top: scroll }
  const by = scroll - before.scroll
  const top = Math.abs(by) > FAR ? stretch(scroll, lastScroll(track), lastTop(track)) : before.top + by
  return { scroll, top: clamp(top, lastTop(track)) }
}

/** The bar has to be put right: it would get to an end before the list does. */
export function mustSettle(track: Track, { scroll, top }: Place): boolean {
  if (!isScaled(track)) return false
  const margin = FAR + track.view
  return (scroll < margin || scroll > lastScroll(track) - margin) && Math.abs(barAt(track, top) - scroll) > 1
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
