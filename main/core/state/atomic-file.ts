import { open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import type * as z from 'zod'
import { errnoOf } from '../errors'

/** Replaces `file` by `value` as JSON: written beside it, synced, renamed, and the folder synced. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFileAtomic(file, JSON.stringify(value, null, 2) + '\n')
  await syncFolder(dirname(file))
}

/** Without this a power cut can lose the rename itself (fsync(2), "calling fsync does not necessarily ensure..."). */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return // folders cannot be opened there; NTFS journals the rename
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export type ReadResult<T> = { state: 'ok'; value: T } | { state: 'absent' } | { state: 'damaged'; setAside: string }

/**
 * Reads JSON that must fit `schema`. A file that does not is moved aside, never overwritten or
 * silently reset, and the caller reports where it went.
 */
export async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<ReadResult<T>> {
  const value = await peekJson(file, schema)
  if (value !== 'damaged') return value === null ? { state: 'absent' } : { state: 'ok', value }
  const setAside = `${file}.damaged-${Date.now()}`
  await rename(file, setAside)
  return { state: 'damaged', setAside }
}

/** The same without touching the file: for files that another process writes (a run's state). */
export async function peekJson<T>(file: string, schema: z.ZodType<T>): Promise<T | null | 'damaged'> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return null
    throw thrown
  }
  try {
    const parsed = schema.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : 'damaged'
  } catch {
    return 'damaged'
  }
}

export async function removeIfThere(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true })
}
