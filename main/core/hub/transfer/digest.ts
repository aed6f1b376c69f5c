import { createHash, type Hash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import type { Digest } from '#contract'
import { errnoOf } from '../../errors'

const PIECE = 1024 * 1024

/** Counts as the hub counts: sha256 of the bytes, or git's sha1 of "blob <size>\0" and the bytes. */
export function startDigest(algorithm: Digest['algorithm'], size: number): Hash {
  return algorithm === 'sha256' ? createHash('sha256') : createHash('sha1').update(`blob ${size}\0`)
}

/** Feeds [from, to) of a file. Ends early, and says how far it came, where the file does. */
export async function feed(
  hash: Hash,
  handle: FileHandle,
  [from, to]: readonly [number, number],
  signal: AbortSignal,
  onBytes?: (bytes: number) => void,
): Promise<number> {
  const piece = Buffer.allocUnsafe(Math.min(PIECE, Math.max(1, to - from)))
  let at = from
  while (at < to) {
    signal.throwIfAborted()
    const { bytesRead } = await handle.read(piece, 0, Math.min(piece.length, to - at), at)
    if (bytesRead === 0) break
    hash.update(piece.subarray(0, bytesRead))
    at += bytesRead
    onBytes?.(bytesRead)
  }
  return at
}

/** Whether a file is there with exactly these bytes. `digest` null: only its size is known. `onBytes`: read since last. */
export async function verifyFile(
  path: string,
  size: number,
  digest: Digest | null,
  signal: AbortSignal,
  onBytes?: (bytes: number) => void,
): Promise<boolean> {
  let handle: FileHandle
  try {
    handle = await open(path, 'r')
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT' || errnoOf(thrown) === 'ENOTDIR') return false
    throw thrown
  }
  try {
    const found = await handle.stat()
    if (!found.isFile() || found.size !== size) return false
    if (digest === null) return true
    const hash = startDigest(digest.algorithm, size)
    return (await feed(hash, handle, [0, size], signal, onBytes)) === size && hash.digest('hex') === digest.hex
  } finally {
    await handle.close()
  }
}

/**
 * Counts the front of a file while it grows: bytes that arrive just there are taken from memory, others are read
 * back from the file (its page cache) once the front has reached them.
 */
export function createFrontDigest(algorithm: Digest['algorithm'], size: number) {
  let hash = startDigest(algorithm, size)
  let at = 0
  let catching: Promise<void> | null = null
  return {
    /** Whether so much more may be read back now. */
    lags: (front: number, bytes: number) => catching === null && front - at >= bytes,
    /** Bytes that were just written at `position`. */
    written(chunks: readonly Uint8Array[], position: number): void {
      if (position !== at || catching !== null) return
      for (const chunk of chunks) {
        hash.update(chunk)
        at += chunk.length
      }
    },
    /** Follows up to `front`, one at a time; more of it later is not waited for. */
    follow(handle: FileHandle, front: number, signal: AbortSignal): Promise<void> {
      if (catching !== null || front <= at) return catching ?? Promise.resolve()
      catching = feed(hash, handle, [at, front], signal)
        .then((to) => void (at = to))
        .finally(() => (catching = null))
      return catching
    },
    /** Nothing is read any more. */
    idle: async (): Promise<void> => void (await catching?.catch(() => {})), // whoever follows is told
    /** The digest of all of it. Afterwards it is at its start again. */
    async finish(handle: FileHandle, signal: AbortSignal): Promise<Digest> {
      if (catching !== null) await catching
      await this.follow(handle, size, signal)
      const hex = hash.digest('hex')
      hash = startDigest(algorithm, size)
      at = 0
      return { algorithm, hex }
    },
  }
}
export type FrontDigest = ReturnType<typeof createFrontDigest>
