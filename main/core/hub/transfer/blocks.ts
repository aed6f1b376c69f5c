import { gapsIn, withRange, type Range, type Ranges } from './segments'

const MIB = 1024 * 1024
/** Below this a connection of its own costs more than it brings. */
const LEAST = 1 * MIB
const FIRST = 16 * MIB
/** So that what is hashed behind the front is still in the page cache. */
const MOST = 64 * MIB
/** A request costs a round trip: a block of so many seconds makes that a few percent of even a slow line. */
const SECONDS = 8

/** How much one request asks for. `rate`: bytes per second of one connection so far; null: not known yet. */
export function blockSize(rate: number | null, missing: number, connections: number): number {
  const wanted = rate === null ? FIRST : Math.min(MOST, Math.max(4 * MIB, rate * SECONDS))
  // The last blocks are small, so that all connections end together.
  const share = Math.max(LEAST, Math.ceil(missing / connections))
  return Math.min(wanted, share)
}

/** A range that a connection is at; `at` moves towards `to`. */
export interface Claimed {
  at: number
  to: number
}

/** What is neither here nor claimed. */
export function unclaimed(done: Ranges, claims: readonly Claimed[], size: number): Ranges {
  const taken = claims.reduce<Ranges>((all, { at, to }) => withRange(all, at, to), done)
  return gapsIn(taken, 0, size)
}

/** The first free block: front first, so that hashing follows close behind. */
export function nextBlock(free: Ranges, block: number): Range | null {
  const [first] = free
  return first === undefined ? null : [first[0], Math.min(first[1], first[0] + block)]
}

/**
 * The claim whose second half another connection should take, or null when none is worth it: what is left must be
 * worth a request, and last longer than a new connection takes to begin.
 */
export function worthSplitting<T extends Claimed>(claims: readonly T[], rate: number | null): T | null {
  const left = ({ at, to }: Claimed) => to - at
  const longest = [...claims].sort((a, b) => left(b) - left(a))[0]
  if (longest === undefined || left(longest) < 2 * LEAST) return null
  return rate !== null && left(longest) / rate < 0.4 ? null : longest
}
