import { createHash } from 'node:crypto'

/** What a file holds. `{ size, seed }`: made as it is read, so that gigabytes need no memory. */
export type Content = Buffer | string | { size: number; seed: number }

export interface Blob {
  size: number
  sha256: string
  /** As git names it: of "blob <size>\0" and the bytes. */
  gitSha1: string
  /** Bytes [from, to). */
  read(from: number, to: number): Buffer
}

const BLOCK = 1024 * 1024

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** One block of noise for each seed; each block of the file is it again with the number of the block in front. */
function seeded(size: number, seed: number): Blob['read'] {
  // Not one million numbers for each of a thousand small files.
  const length = Math.min(BLOCK, Math.ceil((size + 1) / 4) * 4)
  const noise = Buffer.allocUnsafe(length)
  const random = randomOf(seed)
  for (let at = 0; at < length; at += 4) noise.writeUInt32LE((random() * 2 ** 32) >>> 0, at)
  return (from, to) => {
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(to, size) - from))
    for (let at = from; at < from + bytes.length;) {
      const inBlock = at % BLOCK
      const copied = noise.copy(bytes, at - from, inBlock, length)
      const number = Buffer.alloc(8)
      number.writeBigUInt64LE(BigInt(Math.floor(at / BLOCK)))
      if (inBlock < 8) number.copy(bytes, at - from, inBlock)
      at += copied
    }
    return bytes
  }
}

export function blobOf(content: Content): Blob {
  const whole = typeof content === 'string' ? Buffer.from(content) : Buffer.isBuffer(content) ? content : null
  const size = whole === null ? (content as { size: number }).size : whole.length
  const read =
    whole === null
      ? seeded(size, (content as { seed: number }).seed)
      : (from: number, to: number) => whole.subarray(from, to)
  let counted: { sha256: string; gitSha1: string } | null = null
  const count = () => {
    const sha256 = createHash('sha256')
    const sha1 = createHash('sha1').update(`blob ${size}\0`)
    for (let at = 0; at < size; at += BLOCK) {
      const piece = read(at, Math.min(size, at + BLOCK))
      sha256.update(piece)
      sha1.update(piece)
    }
    return { sha256: sha256.digest('hex'), gitSha1: sha1.digest('hex') }
  }
  return {
    size,
    read,
    get sha256() {
      return (counted ??= count()).sha256
    },
    get gitSha1() {
      return (counted ??= count()).gitSha1
    },
  }
}
