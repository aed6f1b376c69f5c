import { createLiteralFinder, type LiteralFinder } from './literals'

/** A line of a log that is worth reading. `offset` and `number` are where it begins; the first line is 1. */
export interface LogLine {
  number: number
  offset: number
  text: string
  /** Literals in it, by their place in the list; none when it was wanted for another reason. */
  literals: readonly number[]
}

export interface LineSink {
  /** While true every line is handed over: what follows a traceback is told by no literal. */
  wantsAll(): boolean
  line(line: LogLine): void
}

/** A line longer than this is read in pieces (a binary file, a log without line ends). */
const LONGEST_LINE = 64 * 1024
const USUAL_CHUNK = 256 * 1024
const NEWLINE = 0x0a
const RETURN = 0x0d

/**
 * Takes a log in chunks of any size and hands over the lines that have one of `literals`, in one pass and constant memory.
 * A carriage return ends a line too: progress bars glue themselves to what follows.
 */
export function createLineReader(literals: readonly string[], sink: LineSink) {
  const finder = createLiteralFinder(literals)
  const cursor: Cursor = { at: 0, state: 0 }
  // One piece of memory for the whole log: what is left of a line stands at its beginning.
  let room = Buffer.alloc(LONGEST_LINE + USUAL_CHUNK)
  let kept = 0
  let [number, offset] = [1, 0]
  let found: number[] = []

  /** The line `bytes[begin..end)`. */
  function hand(bytes: Buffer, begin: number, end: number): void {
    if (found.length > 0 || sink.wantsAll()) {
      const text = bytes.toString('utf8', begin, end)
      sink.line({ number, offset: offset + begin, text, literals: [...new Set(found)] })
    }
    if (found.length > 0) found = []
  }

  function feed(chunk: Buffer): void {
    const size = kept + chunk.length
    if (size > room.length) room = Buffer.concat([room.subarray(0, kept)], size)
    chunk.copy(room, kept)
    const bytes = room.subarray(0, size)
    let begin = 0
    cursor.at = kept
    while (advance(finder, bytes, cursor)) {
      if (finder.isHit[cursor.state] === 1) found.push(...finder.found(cursor.state))
      const byte = bytes[cursor.at - 1]
      if (byte !== NEWLINE && byte !== RETURN) continue
      hand(bytes, begin, cursor.at - 1)
      begin = cursor.at
      if (byte === NEWLINE) number += 1
    }
    if (size - begin > LONGEST_LINE) {
      hand(bytes, begin, size)
      begin = size
    }
    offset += begin
    room.copyWithin(0, begin, size)
    kept = size - begin
  }

  return {
    /** `chunk` may be used again afterwards. */
    feed,
    /** The last line may lack its end. */
    end(): { lines: number; bytes: number } {
      if (kept > 0) hand(room, 0, kept)
      return { lines: kept > 0 ? number : number - 1, bytes: offset + kept }
    },
  }
}

/** The next byte to read, and the finder's state before it. */
interface Cursor {
  at: number
  state: number
}

/**
 * Reads on to a byte that ends a string or a line; false at the end. Every byte of every log passes here, so it keeps to
 * its own variables and does not test bounds twice (hence the casts): three times as fast as within the function above.
 */
function advance({ classes, next, shift, isHit }: LiteralFinder, bytes: Buffer, cursor: Cursor): boolean {
  let { at, state } = cursor
  let met = false
  while (!met && at < bytes.length) {
    const byte = bytes[at] as number
    state = next[(state << shift) | (classes[byte] as number)] as number
    met = (isHit[state] as number) === 1 || byte === NEWLINE || byte === RETURN
    at += 1
  }
  cursor.at = at
  cursor.state = state
  return met
}
