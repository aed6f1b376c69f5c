import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import pMap from 'p-map'
import { errnoOf } from '../errors'

export interface DiskUse {
  /** What the files occupy. */
  bytes: number
  /** What deleting them would really free: a file that has a second name elsewhere frees nothing. */
  freeable: number
}

/** Adds up a folder without following links; what vanishes meanwhile counts as nothing. Absent: 0. */
export async function diskUse(path: string): Promise<DiskUse> {
  const use: DiskUse = { bytes: 0, freeable: 0 }
  const counted = new Set<string>()
  async function walk(folder: string): Promise<void> {
    const entries = await readdir(folder, { withFileTypes: true }).catch(nothingThere)
    await pMap(
      entries ?? [],
      async (entry) => {
        const name = join(folder, entry.name)
        if (entry.isDirectory()) return walk(name)
        const file = await lstat(name).catch(nothingThere)
        if (file === null) return
        const inode = `${file.dev}:${file.ino}`
        if (file.nlink > 1 && counted.has(inode)) return
        counted.add(inode)
        use.bytes += file.blocks * 512
        if (file.nlink === 1) use.freeable += file.blocks * 512
      },
      { concurrency: 16 },
    )
  }
  await walk(path)
  return use
}

function nothingThere(thrown: unknown): null {
  if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(errnoOf(thrown) ?? '')) return null
  throw thrown
}
