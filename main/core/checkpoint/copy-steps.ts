import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rename, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError, errnoOf } from '../errors'
import type { Step, StepContext } from '../jobs/step'
import { removeIfThere, syncFolder } from '../state/atomic-file'
import type { RunPlace } from './run-models'

/** Inside the user's folder, so that it is on the same disk and the last renames cannot fail half way for space. */
const PART = '.launchpad-part'

/** FOLDER_NOT_EMPTY unless the folder is new or empty; what an interrupted copy of ours left does not count. */
export async function checkTarget(folder: string): Promise<void> {
  const names = await readdir(folder).catch((thrown: unknown) => {
    if (errnoOf(thrown) === 'ENOENT') return []
    throw new AppError('FOLDER_NOT_EMPTY', { path: folder }, thrown)
  })
  if (names.some((name) => name !== PART)) throw new AppError('FOLDER_NOT_EMPTY', { path: folder })
}

/** The folder itself or the first one above it that is there. */
export async function existingAbove(path: string): Promise<string> {
  const found = await stat(path).catch(() => null)
  if (found?.isDirectory() === true || dirname(path) === path) return path
  return existingAbove(dirname(path))
}

interface Entry {
  /** Relative to the model's folder. */
  path: string
  bytes: number
}

export async function filesBelow(folder: string, below = ''): Promise<Entry[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true })
  const nested = await Promise.all(
    entries.map(async (entry) => {
      const path = join(below, entry.name)
      if (entry.isDirectory()) return filesBelow(folder, path)
      return entry.isFile() ? [{ path, bytes: (await stat(join(folder, path))).size }] : []
    }),
  )
  return nested.flat().sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Copies the model to a folder of the user's and reads every byte back before anything gets its name. */
export function copyStep(place: () => Promise<RunPlace>, folder: string, subject: string): Step {
  return {
    id: 'model.copy',
    subject,
    // Asked again means copied again.
    inputs: () => Promise.resolve({ folder, at: Date.now() }),
    verify: () => Promise.resolve(true),
    async run(context) {
      const { model } = await place()
      await checkTarget(folder)
      const part = join(folder, PART)
      await removeIfThere(part)
      await mkdir(part, { recursive: true })
      try {
        await copyAll(model, part, context)
        for (const name of await readdir(part)) await rename(join(part, name), join(folder, name))
      } finally {
        await removeIfThere(part)
      }
      await syncFolder(folder)
    },
  }
}

async function copyAll(from: string, to: string, context: StepContext): Promise<void> {
  const files = await filesBelow(from)
  // Written once, read back once.
  const total = 2 * files.reduce((sum, { bytes }) => sum + bytes, 0)
  let done = 0
  const told = (path: string) => (bytes: number) => {
    done += bytes
    context.progress({ done, total, unit: 'bytes', what: path })
  }
  for (const { path, bytes } of files) {
    const target = join(to, path)
    await mkdir(dirname(target), { recursive: true })
    const written = await copyFile(join(from, path), target, told(path), context.signal)
    context.landed(bytes)
    const read = await digest(target, told(path), context.signal)
    if (read !== written) throw new AppError('DIGEST_MISMATCH', { file: target })
  }
}

/** SHA-256 of what was read, once it is on the disk. */
async function copyFile(from: string, to: string, told: (bytes: number) => void, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  const file = await open(to, 'w')
  try {
    for await (const chunk of createReadStream(from, { signal, highWaterMark: 1024 * 1024 })) {
      const bytes = chunk as Buffer
      hash.update(bytes)
      await file.writeFile(bytes)
      told(bytes.length)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  return hash.digest('hex')
}

async function digest(file: string, told: (bytes: number) => void, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file, { signal, highWaterMark: 1024 * 1024 })) {
    hash.update(chunk as Buffer)
    told((chunk as Buffer).length)
  }
  return hash.digest('hex')
}
