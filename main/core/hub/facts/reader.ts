import { open, readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, errnoOf } from '../../errors'
import type { RemoteFile } from '../types'

/** Small files and ranges of a repository or a folder: all that its facts need. */
export interface RemoteReader {
  files: RemoteFile[]
  /** A whole file, at most SMALL bytes. Errors: FILE_SIZE_WRONG when it is larger, else those of the network or disk. */
  read(path: string, signal: AbortSignal): Promise<Buffer>
  /** Bytes [from, to), all of them. */
  range(path: string, from: number, to: number, signal: AbortSignal): Promise<Buffer>
  /** As errors name the whole, or one file of it. */
  where(path?: string): string
}

/** tokenizer.json of the largest vocabularies has some 17 MB. */
export const SMALL = 20 * 1024 * 1024

export const sizeIn = (reader: RemoteReader, path: string): number | null =>
  reader.files.find((file) => file.path === path)?.size ?? null

export const has = (reader: RemoteReader, path: string): boolean => sizeIn(reader, path) !== null

/** Why `path` is not read whole. */
export const tooLarge = (reader: Pick<RemoteReader, 'where'>, path: string, size: number): AppError =>
  new AppError('FILE_SIZE_WRONG', { file: reader.where(path), promisedBytes: SMALL, gotBytes: size })

/**
 * A folder that is here. `deep`: with what lies in folders below it. Links count as what they lead to: the snapshots
 * of a huggingface_hub cache are made of them.
 * Errors: the system's, when the folder cannot be listed.
 */
export async function folderReader(folder: string, deep = false): Promise<RemoteReader> {
  return fileReader(folder, await listed(folder, '', deep), (path) => join(folder, path))
}

/** Files on this machine, wherever `place` says that each lies. */
export function fileReader(root: string, files: RemoteFile[], place: (path: string) => string): RemoteReader {
  const where = (path?: string) => (path === undefined ? root : place(path))
  const range = async (path: string, from: number, to: number) => {
    const handle = await open(where(path), 'r')
    try {
      const buffer = Buffer.alloc(to - from)
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, from)
      if (bytesRead < buffer.length) throw new Error(`only ${bytesRead} of ${buffer.length} bytes`)
      return buffer
    } finally {
      await handle.close()
    }
  }
  const reader: RemoteReader = {
    files,
    where,
    range,
    async read(path) {
      const { size } = await stat(where(path))
      if (size > SMALL) throw tooLarge(reader, path, size)
      return range(path, 0, size)
    },
  }
  return reader
}

/** Folders of tools (".git", ".cache", ".launchpad") hold nothing of the repository. A link may lead back: `seen`. */
async function listed(root: string, below: string, deep: boolean, seen = new Set<string>()): Promise<RemoteFile[]> {
  const files: RemoteFile[] = []
  const here = await realpath(join(root, below))
  if (seen.has(here)) return files
  seen.add(here)
  for (const name of (await readdir(join(root, below))).sort()) {
    const path = below === '' ? name : `${below}/${name}`
    const found = await stat(join(root, path)).catch((thrown: unknown) => {
      if (['ENOENT', 'ELOOP'].includes(errnoOf(thrown) ?? '')) return null // a link to nothing, or to itself
      throw thrown
    })
    if (found?.isFile() === true) files.push({ path, size: found.size, digest: null })
    else if (deep && found?.isDirectory() === true && !name.startsWith('.'))
      files.push(...(await listed(root, path, deep, seen)))
  }
  return files
}
