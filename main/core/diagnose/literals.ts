/**
 * Finds many fixed strings in a stream of bytes at once (Aho and Corasick, 1975), as a table: one look-up a byte, whatever
 * the number of strings. It only says where a closer look is worth it; a log of a gigabyte has few such lines.
 */
export interface LiteralFinder {
  /** Class of a byte: those in no string share one. */
  readonly classes: Uint8Array
  /** `next[(state << shift) | class]`; 0 is the first state. */
  readonly next: Uint16Array
  readonly shift: number
  /** 1 where a string ends, by state. */
  readonly isHit: Uint8Array
  /** Which strings end in a state, by their place in the list given. */
  found(state: number): readonly number[]
}

/** Case matters. At most 65,534 bytes of strings in all; RangeError for more. */
export function createLiteralFinder(literals: readonly string[]): LiteralFinder {
  const words = literals.map((literal) => Buffer.from(literal))
  const classes = new Uint8Array(256)
  let count = 1
  for (const byte of new Set(words.flatMap((word) => [...word]))) classes[byte] = count++
  const tree = buildTree(words, classes, count)
  if (tree.next.length > NONE) throw new RangeError('too many literals for 16-bit states')
  linkFailures(tree, count)
  const shift = Math.ceil(Math.log2(count))
  const next = new Uint16Array(tree.next.length << shift)
  tree.next.forEach((row, state) => next.set(row, state << shift))
  const isHit = Uint8Array.from(tree.ends, (list) => (list.length > 0 ? 1 : 0))
  return { classes, next, isHit, shift, found: (state) => tree.ends[state] ?? [] }
}

interface Tree {
  next: Uint16Array[]
  ends: number[][]
}

const NONE = 0xffff

function buildTree(words: readonly Buffer[], classes: Uint8Array, count: number): Tree {
  const row = () => new Uint16Array(count).fill(NONE)
  const [next, ends]: [Uint16Array[], number[][]] = [[row()], [[]]]
  words.forEach((word, id) => {
    let state = 0
    for (const byte of word) {
      const here = next[state] ?? row()
      const to = classes[byte] ?? 0
      if (here[to] === NONE) {
        here[to] = next.length
        next.push(row())
        ends.push([])
      }
      state = here[to] ?? 0
    }
    ends[state]?.push(id)
  })
  return { next, ends }
}

/** Where nothing fits, the longest ending of what was read that begins another string is gone on with. */
function linkFailures({ next, ends }: Tree, count: number): void {
  const failure = new Uint16Array(next.length)
  const queue: number[] = []
  const root = next[0] ?? new Uint16Array(count)
  for (let to = 0; to < count; to += 1) {
    if (root[to] === NONE) root[to] = 0
    else queue.push(root[to] ?? 0)
  }
  for (let head = 0; head < queue.length; head += 1) {
    const state = queue[head] ?? 0
    const [row, back] = [next[state] ?? root, next[failure[state] ?? 0] ?? root]
    for (let to = 0; to < count; to += 1) {
      const child = row[to] ?? NONE
      if (child === NONE) row[to] = back[to] ?? 0
      else {
        failure[child] = back[to] ?? 0
        ends[child]?.push(...(ends[failure[child] ?? 0] ?? []))
        queue.push(child)
      }
    }
  }
}
