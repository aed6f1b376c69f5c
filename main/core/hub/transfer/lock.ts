import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { AppError, errnoOf } from '../../errors'
import { identityOf, isAlive, ProcessIdentity } from '../../proc/identity'

export interface FolderLock {
  release(): Promise<void>
}

/** Where /proc is not, a pid is all there is. */
const Holder = z.union([ProcessIdentity, z.object({ pid: z.number().int() })])
type Holder = z.infer<typeof Holder>

const held = new Set<string>()

/**
 * Takes a folder for this process: two that write the same parts would destroy each other's. The lock of a holder
 * that is gone (pid, start time, boot) is taken over. Errors: FOLDER_IN_USE {folder, pid}.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, 'lock')
  const own = join(folder, `lock.${process.pid}.${Math.random().toString(36).slice(2)}`)
  await writeFile(own, JSON.stringify(identityOf(process.pid) ?? { pid: process.pid }))
  try {
    for (;;) {
      try {
        // A link is made whole or not at all: nobody ever reads a lock that is half written.
        await link(own, file)
        break
      } catch (thrown) {
        if (errnoOf(thrown) !== 'EEXIST') throw thrown
      }
      await clearStale(folder, file, own)
    }
  } finally {
    await rm(own, { force: true })
  }
  held.add(file)
  return {
    async release() {
      held.delete(file)
      await rm(file, { force: true })
    },
  }
}

/** Removes the lock of one that is gone. Moved away first: if another was quicker, its fresh lock is put back. */
async function clearStale(folder: string, file: string, own: string): Promise<void> {
  const holder = await holderOf(file)
  if (holder === null) return
  if (lives(holder, file)) throw new AppError('FOLDER_IN_USE', { folder, pid: holder.pid })
  const aside = `${own}.stale`
  try {
    await rename(file, aside)
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return
    throw thrown
  }
  const moved = await holderOf(aside)
  if (moved !== null && lives(moved, file)) await link(aside, file).catch(() => {})
  await rm(aside, { force: true })
}

/** null: there is no lock. One that cannot be read is nobody's. */
async function holderOf(file: string): Promise<Holder | null> {
  try {
    return Holder.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (thrown) {
    return errnoOf(thrown) === 'ENOENT' ? null : { pid: -1 }
  }
}

function lives(holder: Holder, file: string): boolean {
  if ('bootId' in holder) return isAlive(holder)
  if (holder.pid <= 0) return false
  if (holder.pid === process.pid) return held.has(file)
  try {
    process.kill(holder.pid, 0)
    return true
  } catch (thrown) {
    return errnoOf(thrown) === 'EPERM'
  }
}
