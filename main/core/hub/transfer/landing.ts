import { mkdir, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncFolder } from '../../state/atomic-file'
import type { Part } from './part'

interface Landing {
  part: Part
  target: string
  size: number
  landed: () => void
}

const MOST_BYTES = 4 * 1024 * 1024
const MOST_FILES = 64

/**
 * Puts finished parts where they belong: synced, renamed, and the folder synced, so that a name never stands for
 * bytes that are not on the disk. Small files go together, because a sync costs the same for one as for many.
 */
export function createLander() {
  let waiting: Landing[] = []
  let running: Promise<void> = Promise.resolve()

  async function land(batch: Landing[]): Promise<void> {
    await Promise.all(batch.map(({ part }) => part.seal()))
    const folders = new Set(batch.map(({ target }) => dirname(target)))
    for (const folder of folders) await mkdir(folder, { recursive: true })
    for (const { part, target } of batch) {
      await part.close()
      await rename(part.path, target)
    }
    await Promise.all([...folders].map(syncFolder))
    for (const { part, landed } of batch) {
      await part.sealed()
      landed()
    }
  }

  const flush = (): Promise<void> => {
    const batch = waiting
    waiting = []
    if (batch.length > 0) running = running.then(() => land(batch))
    return running
  }

  return {
    /** Comes back when it is there, or, for a small one, when it is due. */
    async add(landing: Landing): Promise<void> {
      waiting.push(landing)
      const bytes = waiting.reduce((sum, { size }) => sum + size, 0)
      if (bytes >= MOST_BYTES || waiting.length >= MOST_FILES) await flush()
    },
    flush,
    waits: () => waiting.length > 0,
  }
}
