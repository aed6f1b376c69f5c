type Numbers = ArrayLike<number>

/**
 * Fewer points for the same picture: of every stretch its lowest and its highest value stay, in the order they
 * came, so that a single spike among a million steps is still seen. Both ends stay as they are.
 */
export function bucket(xs: Numbers, ys: Numbers, most: number): [number[], number[]] {
  const count = Math.min(xs.length, ys.length)
  if (count <= most || most < 4) return [Array.from(xs).slice(0, count), Array.from(ys).slice(0, count)]
  const outX: number[] = []
  const outY: number[] = []
  const keep = (index: number) => {
    outX.push(xs[index] ?? 0)
    outY.push(ys[index] ?? 0)
  }
  keep(0)
  const buckets = Math.floor((most - 2) / 2)
  const width = (count - 2) / buckets
  for (let nth = 0; nth < buckets; nth += 1) {
    const begin = 1 + Math.floor(nth * width)
    const end = Math.min(count - 1, 1 + Math.floor((nth + 1) * width))
    const [low, high] = extremes(ys, begin, end)
    if (low === -1) continue
    keep(Math.min(low, high))
    if (low !== high) keep(Math.max(low, high))
  }
  keep(count - 1)
  return [outX, outY]
}

/** Where the lowest and the highest value are; -1 when there is no number in the stretch. */
function extremes(ys: Numbers, begin: number, end: number): [number, number] {
  let low = -1
  let high = -1
  for (let index = begin; index < end; index += 1) {
    const value = ys[index]
    if (value === undefined || Number.isNaN(value)) continue
    if (low === -1 || value < (ys[low] ?? 0)) low = index
    if (high === -1 || value > (ys[high] ?? 0)) high = index
  }
  return [low, high]
}
