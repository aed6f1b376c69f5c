import { createHash } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { chmod, copyFile, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Digest } from '#contract'
import { AppError, errnoOf } from '../../errors'
import { startDigest } from '../transfer/digest'

const PIECE = 1024 * 1024

/** Reads a file whole. `onBytes`: bytes read so far. */
export async function hashFile(
  file: string,
  algorithm: Digest['algorithm'],
  signal: AbortSignal,
  onBytes: (bytes: number) => void = () => {},
): Promise<Digest> {
  const hash = startDigest(algorithm, (await stat(file)).size)
  let done = 0
  for await (const piece of createReadStream(file, { highWaterMark: PIECE, signal })) {
    hash.update(piece as Buffer)
    onBytes((done += (piece as Buffer).length))
  }
  return { algorithm, hex: hash.digest('hex') }
}

/**
 * Copies `from` to `to`, which appears only when size and digest are right, synced. `digest` null: none is known,
 * sha256 is counted. `onBytes`: bytes verified so far. Where the file system can share blocks nothing is written.
 * Errors: FILE_SIZE_WRONG, DIGEST_MISMATCH, the system's (disk).
 */
export async function copyVerified(
  from: string,
  to: string,
  size: number,
  digest: Digest | null,
  signal: AbortSignal,
  onBytes: (bytes: number) => void = () => {},
): Promise<Digest> {
  signal.throwIfAborted()
  await mkdir(dirname(to), { recursive: true })
  // Not named after the file: its name may be as long as names can be.
  const part = join(dirname(to), `.${createHash('sha1').update(basename(to)).digest('hex').slice(0, 12)}.part`)
  await rm(part, { force: true })
  try {
    const algorithm = digest?.algorithm ?? 'sha256'
    const shared = await shareBlocks(from, part)
    // What is read back is what was copied, so a file that changes meanwhile is noticed.
    const counted = shared
      ? await hashFile(part, algorithm, signal, onBytes)
      : await copyBytes(from, part, size, algorithm, signal, onBytes)
    const { size: got } = await stat(part)
    if (got !== size) throw new AppError('FILE_SIZE_WRONG', { file: from, promisedBytes: size, gotBytes: got })
    if (digest !== null && counted.hex !== digest.hex) throw new AppError('DIGEST_MISMATCH', { file: from })
    await rename(part, to)
    return counted
  } catch (thrown) {
    await rm(part, { force: true })
    throw thrown
  }
}

/** false: this file system, or two of them, cannot. */
async function shareBlocks(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL)
    // The copy has the mode of the original, which may be read-only.
    await chmod(to, 0o644)
    const handle = await open(to, 'r+')
    await handle.sync().finally(() => handle.close())
    return true
  } catch (thrown) {
    await rm(to, { force: true })
    if (errnoOf(thrown) === 'ENOENT' || errnoOf(thrown) === 'EACCES') throw thrown
    return false
  }
}

async function copyBytes(
  from: string,
  to: string,
  size: number,
  algorithm: Digest['algorithm'],
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<Digest> {
  const hash = startDigest(algorithm, size)
  const handle = await open(to, 'wx')
  try {
    let done = 0
    for await (const piece of createReadStream(from, { highWaterMark: PIECE, signal })) {
      const bytes = piece as Buffer
      hash.update(bytes)
      await handle.write(bytes, 0, bytes.length, done)
      onBytes((done += bytes.length))
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  return { algorithm, hex: hash.digest('hex') }
}
