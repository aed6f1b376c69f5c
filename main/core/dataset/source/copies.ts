import { Finding } from '#contract'
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import type { Sniffed } from './sniff'

/** When what a copy holds is made otherwise, older ones are not used any more. */
const VERSION = 1
const MANIFEST = 'copy.json'
const PART = '.part'

const Manifest = z.object({
  findings: z.array(Finding),
  parts: z.array(z.object({ name: z.string(), rows: z.number() })),
})

export interface Copy {
  folder: string
  paths: string[]
  findings: Finding[]
}

/**
 * Parquet copies of what is no parquet, in folders of `cache`. A folder has its name only when all of it is there; its
 * key is made of what the files are, so that a changed file has another one.
 */
export function createCopies(cache: string) {
  let swept: Promise<void> | null = null

  /** What an earlier process left half made. */
  async function sweep(): Promise<void> {
    const names = await readdir(cache).catch(() => [])
    const own = `duckdb-${process.pid}.tmp`
    const left = names.filter((name) => name.endsWith(PART) || (name.endsWith('.tmp') && name !== own))
    await Promise.all(left.map((name) => rm(join(cache, name), { recursive: true, force: true })))
  }

  async function find(key: string): Promise<Copy | null> {
    const folder = join(cache, key)
    const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => null)
    if (text === null) return null
    try {
      const { findings, parts } = Manifest.parse(JSON.parse(text))
      const paths = parts.map(({ name }) => join(folder, name))
      await Promise.all(paths.map((path) => stat(path)))
      return { folder, paths, findings }
    } catch {
      await rm(folder, { recursive: true, force: true })
      return null
    }
  }

  return {
    find,
    /** `work` fills a folder, knows its later name, and says what is in it. */
    async make(
      key: string,
      work: (
        folder: string,
        later: string,
      ) => Promise<{ findings: Finding[]; parts: { name: string; rows: number }[] }>,
    ): Promise<Copy> {
      await (swept ??= sweep())
      const folder = join(cache, `${key}.${randomUUID()}${PART}`)
      await mkdir(folder, { recursive: true })
      try {
        const manifest = await work(folder, join(cache, key))
        await writeFile(join(folder, MANIFEST), JSON.stringify(manifest))
        await rm(join(cache, key), { recursive: true, force: true })
        await rename(folder, join(cache, key))
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
      const made = await find(key)
      if (made === null) throw new Error(`the copy ${key} is not there`)
      return made
    },
  }
}
export type Copies = ReturnType<typeof createCopies>

export function copyKey(files: readonly Sniffed[], badLines: string): string {
  const identity = files.map(({ path, bytes, mtimeMs, format }) => [path, bytes, mtimeMs, format])
  return createHash('sha256')
    .update(JSON.stringify([VERSION, badLines, identity]))
    .digest('hex')
    .slice(0, 32)
}
