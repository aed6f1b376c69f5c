/** A column in sight: which one, where it begins and how wide it is, in pixels from the left of the row. */
interface Place {
  at: number
  start: number
  size: number
}

/** Pixels drawn beyond both edges. */
const BEYOND = 400

/** @param first where the first column begins, right of the index. `width`: of the index and all columns. */
export function placesOf(widths: readonly number[], first: number): { places: Place[]; width: number } {
  let start = first
  const places = widths.map((size, at) => {
    const place = { at, start, size }
    start += size
    return place
  })
  return { places, width: start }
}

/** Those in sight, and some to both sides. */
export const inSight = (places: readonly Place[], left: number, room: number): Place[] =>
  places.filter(({ start, size }) => start + size > left - BEYOND && start < left + room + BEYOND)
