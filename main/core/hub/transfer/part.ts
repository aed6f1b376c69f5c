import { createHash } from 'node:crypto'
import { open, rm, statfs, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, errnoOf } from '../../errors'
import type { TransferFile } from '../types'
import { createAccount } from './account'
import { lengthOf, withRange, type Ranges } from './segments'

/** Smaller files are begun again after a kill: keeping account of them costs more than they do. */
const KEPT_FROM = 1024 * 1024

/** A file on its way. Its bytes may be written in any order. */
export interface Part {
  path: string
  readonly done: Ranges
  write(chunks: Buffer[], position: number): Promise<void>
  handle(): Promise<FileHandle>
  /** Every byte is to be fetched again, over the old ones. */
  distrust(): Promise<void>
  /** Every byte is right after all. */
  trust(): void
  /** Everything that is here is on the disk, and the account says so. */
  sync(): Promise<void>
  /** Bytes are on the disk; the account is no longer needed. */
  seal(): Promise<void>
  close(): Promise<void>
  /** It has its name now: what kept account of it goes. */
  sealed(): Promise<void>
  remove(): Promise<void>
}

/**
 * Known by its digest and not by its address, so that another source can go on with it; one of no digest by
 * where it came from. The target is in it because two files of a repository may have the same bytes.
 */
function partName({ digest, size, target, address }: TransferFile): string {
  const place = createHash('sha256').update(digest === null ? `${target}\n${address().url}` : target)
  return `${digest === null ? 'unknown' : `${digest.algorithm}-${digest.hex}`}-${size}-${place.digest('hex').slice(0, 8)}`
}

export async function openPart(folder: string, file: TransferFile, known: ReadonlySet<string>): Promise<Part> {
  const name = partName(file)
  const path = join(folder, `${name}.part`)
  const found = file.size >= KEPT_FROM && known.has(`${name}.part`)
  let opened: Promise<FileHandle> | null = null
  const onDisk = async () => void (await (await opened)?.datasync())
  const account = file.size < KEPT_FROM ? null : createAccount(folder, name, () => part.done, onDisk)
  const handle = () => (opened ??= openFile(path, found, account === null ? 0 : file.size))
  const part: Part & { done: Ranges } = {
    path,
    done: found && account !== null ? await account.read(file.size) : [],
    handle,
    async write(chunks, position) {
      const to = await handle()
      let at = position
      try {
        for (let rest = chunks; rest.length > 0;) {
          const { bytesWritten } = await to.writev(rest, at)
          at += bytesWritten
          rest = after(rest, bytesWritten)
        }
      } catch (thrown) {
        throw await diskError(thrown, folder, file.size - lengthOf(part.done))
      }
      part.done = withRange(part.done, position, at)
      await account?.note(at - position)
    },
    async distrust() {
      part.done = []
      await account?.save()
    },
    trust: () => void (part.done = withRange([], 0, file.size)),
    async sync() {
      if (opened !== null) await account?.save()
    },
    async seal() {
      await (await handle()).sync()
    },
    async close() {
      await account?.settled()
      const made = await opened?.catch(() => null)
      await Promise.all([made?.close(), account?.close()])
      opened = null
    },
    async sealed() {
      await part.close()
      await account?.remove()
    },
    async remove() {
      await part.close()
      await Promise.all([rm(path, { force: true }), account?.remove()])
    },
  }
  return part
}

/** `size`: made so long at once; sparse: room for every range, and no block of it taken yet. 0: as it grows. */
async function openFile(path: string, found: boolean, size: number): Promise<FileHandle> {
  const made = await open(path, found ? 'r+' : 'w+')
  try {
    if (size > 0) await made.truncate(size)
    return made
  } catch (thrown) {
    await made.close()
    throw thrown
  }
}

/** A disk takes what it can; the rest is offered again, and says why it does not fit. */
function after(chunks: Buffer[], written: number): Buffer[] {
  let skip = written
  return chunks.flatMap((chunk) => {
    const cut = Math.min(skip, chunk.length)
    skip -= cut
    return cut === chunk.length ? [] : [chunk.subarray(cut)]
  })
}

/** With real numbers where the disk is full; any other fault as it is. */
async function diskError(thrown: unknown, folder: string, neededBytes: number): Promise<unknown> {
  const errno = errnoOf(thrown)
  if (errno !== 'ENOSPC' && errno !== 'EDQUOT') return thrown
  const freeBytes = await statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0,
  )
  return new AppError('DISK_FULL', { path: folder, neededBytes, freeBytes }, thrown)
}
