import { readFileSync } from 'node:fs'
import { constants, open, readFile, rm, type FileHandle } from 'node:fs/promises'
import { uptime } from 'node:os'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import * as z from 'zod'
import { sane, withRange, type Ranges } from './segments'

const MIB = 1024 * 1024
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

/**
 * Which ranges of a part are here, kept beside it: `.live` often, for a kill; `.json` after a sync, for a power cut.
 * `done`: as it is now. `onDisk`: brings the bytes of the part there.
 */
export function createAccount(folder: string, id: string, done: () => Ranges, onDisk: () => Promise<void>) {
  const [sidecar, live] = [join(folder, `${id}.json`), join(folder, `${id}.live`)]
  let account: FileHandle | null = null
  let length = 0
  let [unlisted, unsynced] = [0, 0]
  let syncedAt = Date.now()
  let syncing: Promise<void> | null = null
  let listing: Promise<void> = Promise.resolve()

  /** One write over the account before it: a kill leaves either all of it or none. */
  function list(): Promise<void> {
    unlisted = 0
    listing = listing.then(async () => {
      if (account === null) {
        // Not emptied: a kill just after that would lose the account of the session before.
        account = await open(live, constants.O_WRONLY | constants.O_CREAT)
        length = (await account.stat()).size
      }
      const text = JSON.stringify({ id, boot: bootId(), segments: done() })
      const padded = Buffer.from(text.padEnd(length))
      length = padded.length
      await account.write(padded, 0, padded.length, 0)
    })
    return listing
  }

  async function sync(): Promise<void> {
    while (syncing !== null) await syncing
    syncing = (async () => {
      const segments = done()
      ;[unsynced, syncedAt] = [0, Date.now()]
      await onDisk()
      await writeFileAtomic(sidecar, JSON.stringify({ id, boot: null, segments }))
    })()
    try {
      await syncing
    } finally {
      syncing = null
    }
  }

  return {
    read: (size: number) => readAccounts(sidecar, live, id, size),
    /** So many bytes more. Between two syncs bytes go on to arrive: only a second one that falls due waits. */
    async note(bytes: number): Promise<void> {
      unlisted += bytes
      unsynced += bytes
      if (unlisted >= LIVE_EVERY) await list()
      if (unsynced < SYNC_EVERY && Date.now() - syncedAt < SYNC_MS) return
      if (syncing === null)
        sync().catch(() => {}) // the next one, or the end, meets the same fault
      else if (unsynced >= 2 * SYNC_EVERY) await syncing
    },
    save: async (): Promise<void> => void (await Promise.all([list(), sync()])),
    /** Nothing is being written. */
    settled: async (): Promise<void> => void (await Promise.allSettled([listing, syncing])),
    async close(): Promise<void> {
      await account?.close()
      account = null
    },
    remove: async (): Promise<void> => void (await Promise.all([sidecar, live].map((one) => rm(one, { force: true })))),
  }
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
