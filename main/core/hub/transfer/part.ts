import { createHash } from 'node:crypto'
import { constants, open, readFile, rm, statfs, type FileHandle } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { uptime } from 'node:os'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import * as z from 'zod'
import { AppError, errnoOf } from '../../errors'
import type { TransferFile } from '../types'
import { lengthOf, sane, withRange, type Ranges } from './segments'

const MIB = 1024 * 1024
/** Smaller files are begun again after a kill: keeping account of them costs more than they do. */
const KEPT_FROM = MIB
/** What a kill may lose of one file: the account in the page cache is this much behind. */
const LIVE_EVERY = 2 * MIB
/** What a power cut may lose: only bytes that were synced are in the account on the disk. */
const SYNC_EVERY = 64 * MIB
const SYNC_MS = 5_000

/** `boot`: of an account that holds only while the page cache does; null: every byte of it is on the disk. */
const Account = z.object({
  id: z.string(),
  boot: z.string().nullable(),
  segments: z.array(z.tuple([z.number().int(), z.number().int()])),
})

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
  const [path, sidecar, live] = [`${name}.part`, `${name}.json`, `${name}.live`].map((one) => join(folder, one)) as [
    string,
    string,
    string,
  ]
  const kept = file.size >= KEPT_FROM
  const found = known.has(`${name}.part`) && kept
  let done: Ranges = found ? await readAccounts(sidecar, live, name, file.size) : []
  let opened: Promise<FileHandle> | null = null
  let account: FileHandle | null = null
  let [unlisted, unsynced] = [0, 0]
  let syncedAt = Date.now()
  let syncing: Promise<void> | null = null
  let listing: Promise<void> = Promise.resolve()
  let length = 0

  const handle = (): Promise<FileHandle> => (opened ??= openFile())

  async function openFile(): Promise<FileHandle> {
    const made = await open(path, found ? 'r+' : 'w+')
    try {
      // Sparse: room for every range, and no block of it taken yet.
      if (kept) await made.truncate(file.size)
      return made
    } catch (thrown) {
      await made.close()
      throw thrown
    }
  }

  /** One write over the account before it: a kill leaves either all of it or none. */
  function list(): Promise<void> {
    unlisted = 0
    listing = listing.then(async () => {
      if (account === null) {
        // Not emptied: a kill just after that would lose the account of the session before.
        account = await open(live, constants.O_WRONLY | constants.O_CREAT)
        length = (await account.stat()).size
      }
      const text = JSON.stringify({ id: name, boot: bootId(), segments: done })
      const padded = Buffer.from(text.padEnd(length))
      length = padded.length
      await account.write(padded, 0, padded.length, 0)
    })
    return listing
  }

  async function sync(): Promise<void> {
    while (syncing !== null) await syncing
    syncing = (async () => {
      const segments = done
      ;[unsynced, syncedAt] = [0, Date.now()]
      if (opened !== null) await (await opened).datasync()
      await writeFileAtomic(sidecar, JSON.stringify({ id: name, boot: null, segments }))
    })()
    try {
      await syncing
    } finally {
      syncing = null
    }
  }

  /** Between two syncs bytes go on to arrive: only a second one that falls due meanwhile waits. */
  async function keepAccount(bytes: number): Promise<void> {
    unlisted += bytes
    unsynced += bytes
    if (unlisted >= LIVE_EVERY) await list()
    if (unsynced < SYNC_EVERY && Date.now() - syncedAt < SYNC_MS) return
    if (syncing === null)
      sync().catch(() => {}) // the next one, or the end, meets the same fault
    else if (unsynced >= 2 * SYNC_EVERY) await syncing
  }

  const part: Part = {
    path,
    get done() {
      return done
    },
    handle,
    async write(chunks, position) {
      let at = position
      const to = await handle()
      try {
        let rest = chunks
        while (rest.length > 0) {
          const { bytesWritten } = await to.writev(rest, at)
          at += bytesWritten
          rest = after(rest, bytesWritten)
        }
      } catch (thrown) {
        throw await diskError(thrown, folder, file.size - lengthOf(done))
      }
      done = withRange(done, position, at)
      if (kept) await keepAccount(at - position)
    },
    async distrust() {
      done = []
      if (kept) await Promise.all([list(), sync()])
    },
    trust: () => void (done = withRange([], 0, file.size)),
    async sync() {
      if (kept && opened !== null) await Promise.all([list(), sync()])
    },
    async seal() {
      await (await handle()).sync()
    },
    async close() {
      await Promise.allSettled([listing, syncing])
      const made = await opened?.catch(() => null)
      await Promise.all([made?.close(), account?.close()])
      ;[opened, account] = [null, null]
    },
    async sealed() {
      await part.close()
      if (kept) await Promise.all([sidecar, live].map((one) => rm(one, { force: true })))
    },
    async remove() {
      await part.close()
      await Promise.all([path, sidecar, live].map((one) => rm(one, { force: true })))
    },
  }
  return part
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

/** What both accounts claim: the synced one always, the live one in the boot that wrote it. Damaged: nothing. */
async function readAccounts(sidecar: string, live: string, id: string, size: number): Promise<Ranges> {
  let done: Ranges = []
  for (const file of [sidecar, live]) {
    try {
      const account = Account.parse(JSON.parse(await readFile(file, 'utf8')))
      const holds = account.id === id && (account.boot === null || account.boot === bootId())
      if (holds && sane(account.segments, size))
        for (const [from, to] of account.segments) done = withRange(done, from, to)
    } catch {
      // Not there, or half written when the power went.
    }
  }
  return done
}

/** Which start of the machine this is; elsewhere than on Linux from when it began, to half a minute. */
const bootId = (): string => (boot ??= readBootId())
let boot: string | undefined

function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return `since ${Math.round((Date.now() / 1000 - uptime()) / 30)}`
  }
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
