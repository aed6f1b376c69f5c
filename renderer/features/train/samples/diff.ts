/** Two long answers would take seconds; beyond this many pairs of words only their common ends are found. */
const MOST_PAIRS = 1_000_000

export interface DiffPart {
  text: string
  /** Not in the text before. */
  fresh: boolean
}

/** Numbers stay whole; what is written without spaces is taken sign by sign. */
const wordsOf = (text: string): string[] =>
  text.match(/\s+|\p{Script=Han}|\p{N}+(?:[.,]\p{N}+)*|(?:(?!\p{Script=Han})[\p{L}\p{N}])+|\S/gu) ?? []

/** Lengths of the longest common subsequences of all ends of `a` and `b`, row by row. */
function lengths(a: string[], b: string[]): Uint32Array[] {
  const rows = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1))
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const row = rows[i] as Uint32Array
      const below = rows[i + 1] as Uint32Array
      row[j] = a[i] === b[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0)
    }
  return rows
}

/** For each word of `b` whether `a` lacks it, in the order of the words. */
function freshness(a: string[], b: string[]): boolean[] {
  if (a.length * b.length > MOST_PAIRS) return b.map(() => true)
  const rows = lengths(a, b)
  const fresh: boolean[] = []
  let i = 0
  while (fresh.length < b.length) {
    const j = fresh.length
    if (i < a.length && a[i] === b[j]) {
      fresh.push(false)
      i += 1
    } else if (i < a.length && (rows[i + 1]?.[j] ?? 0) >= (rows[i]?.[j + 1] ?? 0)) i += 1
    else fresh.push(true)
  }
  return fresh
}

/** What `after` says that `before` did not, word by word; the parts together are `after`. */
export function diffOf(before: string, after: string): DiffPart[] {
  const [a, b] = [wordsOf(before), wordsOf(after)]
  const least = Math.min(a.length, b.length)
  let head = 0
  while (head < least && a[head] === b[head]) head += 1
  let tail = 0
  while (tail < least - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1
  const middle = freshness(a.slice(head, a.length - tail), b.slice(head, b.length - tail))
  const parts: DiffPart[] = []
  b.forEach((text, index) => {
    const fresh = middle[index - head] ?? false
    const last = parts.at(-1)
    if (last?.fresh === fresh) last.text += text
    else parts.push({ text, fresh })
  })
  return parts
}
