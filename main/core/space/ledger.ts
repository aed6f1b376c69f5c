import { stat } from 'node:fs/promises'
import { AppError } from '../errors'
import { freeBytes } from '../state/root'

export interface Reservation {
  /** So many bytes of it are on the disk now, and count as used there instead. */
  landed(bytes: number): void
  /** Safe to call twice. */
  release(): void
}

/** What was promised to jobs under way, so that two of them are never promised the same space. */
export interface Ledger {
  /** DISK_FULL when the file system of `path` (an existing folder) has not that much left to promise. */
  reserve(path: string, bytes: number): Promise<Reservation>
  /** Promised and not yet written, on the file system of `path`. */
  reserved(path: string): Promise<number>
}

export function createLedger(free: (path: string) => Promise<number> = freeBytes): Ledger {
  const open = new Set<{ device: number; bytes: number }>()
  const promised = (device: number) =>
    [...open].reduce((sum, entry) => sum + (entry.device === device ? entry.bytes : 0), 0)
  return {
    async reserve(path, bytes) {
      const [{ dev }, available] = await Promise.all([stat(path), free(path)])
      // No waiting between these lines: two who ask in the same moment must see each other.
      const left = Math.max(0, available - promised(dev))
      if (left < bytes) throw new AppError('DISK_FULL', { path, neededBytes: bytes, freeBytes: left })
      const entry = { device: dev, bytes }
      open.add(entry)
      return {
        landed: (count) => (entry.bytes = Math.max(0, entry.bytes - count)),
        release: () => void open.delete(entry),
      }
    },
    reserved: async (path) => promised((await stat(path)).dev),
  }
}
