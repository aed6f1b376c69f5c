import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import pMap from 'p-map'
import type { InstalledPackage } from '#contract'

/** A locked package that is not there as it was locked. */
export interface Unwhole {
  name: string
  version: string
  /** "absent": not installed at all; "changed": at another version; "damaged": files of it are. */
  state: 'absent' | 'changed' | 'damaged'
  /** What is installed instead, where it is another version. */
  installed: string | null
  /** Files that are missing or altered, relative to site-packages; of them the first few. */
  files: string[]
  count: number
}

/** One installed distribution: its *.dist-info folder. */
interface Distribution extends InstalledPackage {
  site: string
  info: string
}

interface Recorded {
  path: string
  /** "sha256=<base64url>", or empty for files that say nothing of themselves. */
  digest: string
  size: number | null
}

/** Names as the index compares them (PEP 503). */
export const normalName = (name: string) => name.toLowerCase().replaceAll(/[-_.]+/g, '-')

/** Name and version of everything installed, from the names of the *.dist-info folders. */
export async function installedPackages(prefix: string): Promise<InstalledPackage[]> {
  const packages = (await distributions(prefix)).map(({ name, version }) => ({ name, version }))
  return packages.sort((a, b) => a.name.localeCompare(b.name))
}

/**
 * Compares the prefix with its lock by what each package's RECORD says of its own files
 * (packaging.python.org, "Recording installed projects"): every file there and as long as it should be, and with
 * `deep` of the right digest. The order is that of the lock.
 */
export async function unwholePackages(
  prefix: string,
  lock: InstalledPackage[],
  options: { deep: boolean; signal?: AbortSignal },
): Promise<Unwhole[]> {
  const installed = new Map((await distributions(prefix)).map((found) => [normalName(found.name), found]))
  const looked = await pMap(
    lock,
    async ({ name, version }): Promise<Unwhole | null> => {
      options.signal?.throwIfAborted()
      const found = installed.get(normalName(name))
      const unwhole = { name, version, installed: found?.version ?? null, files: [], count: 0 }
      if (found === undefined) return { ...unwhole, state: 'absent' }
      if (found.version !== version) return { ...unwhole, state: 'changed' }
      const wrong = await wrongFiles(found, options.deep)
      return wrong.length === 0 ? null : { ...unwhole, state: 'damaged', files: wrong.slice(0, 3), count: wrong.length }
    },
    { concurrency: 8 },
  )
  return looked.filter((entry) => entry !== null)
}

/** Removes every trace of the named packages, whatever is left of them; what a RECORD names outside the prefix stays. */
export async function removePackages(prefix: string, names: string[]): Promise<void> {
  const wanted = new Set(names.map(normalName))
  for (const found of await distributions(prefix)) {
    if (!wanted.has(normalName(found.name))) continue
    const files = (await readRecord(found)) ?? []
    const inside = files.map(({ path }) => resolve(found.site, path)).filter((path) => path.startsWith(prefix + sep))
    await pMap(inside, (path) => rm(path, { force: true, recursive: true }), { concurrency: 16 })
    await rm(join(found.site, found.info), { recursive: true, force: true })
  }
}

async function wrongFiles(found: Distribution, deep: boolean): Promise<string[]> {
  const files = await readRecord(found)
  if (files === null) return [`${found.info}/RECORD`]
  const wrong = await pMap(files, async (file) => ((await isRight(found.site, file, deep)) ? null : file.path), {
    concurrency: 16,
  })
  return wrong.filter((path) => path !== null)
}

async function isRight(site: string, { path, digest, size }: Recorded, deep: boolean): Promise<boolean> {
  // Python writes these by itself, and only when it is asked to.
  if (path.endsWith('.pyc')) return true
  const file = join(site, path)
  const found = await stat(file).catch(() => null)
  if (found === null) return false
  if (size !== null && found.size !== size) return false
  return !deep || !digest.startsWith('sha256=') || (await sha256(file, found.size)) === digest.slice('sha256='.length)
}

async function sha256(file: string, size: number): Promise<string> {
  const hash = createHash('sha256')
  // Most files are small: one read is several times faster than a stream.
  if (size < 8 * 2 ** 20) return hash.update(await readFile(file)).digest('base64url')
  for await (const piece of createReadStream(file, { highWaterMark: 1024 * 1024 })) hash.update(piece as Buffer)
  return hash.digest('base64url')
}

/** null: there is none, which is how an installation that was cut off leaves a package. */
async function readRecord({ site, info }: Distribution): Promise<Recorded[] | null> {
  const text = await readFile(join(site, info, 'RECORD'), 'utf8').catch(() => null)
  return text === null ? null : parseRecord(text)
}

/** Lines of path,digest,size; a path with a comma or a quote is quoted as CSV does. */
export function parseRecord(text: string): Recorded[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const match = /^(?:"((?:[^"]|"")*)"|([^,]*)),([^,]*),(\d*)$/.exec(line)
    if (match === null) return []
    const path = match[1]?.replaceAll('""', '"') ?? match[2] ?? ''
    return [{ path, digest: match[3] ?? '', size: match[4] ? Number(match[4]) : null }]
  })
}

async function distributions(prefix: string): Promise<Distribution[]> {
  const found: Distribution[] = []
  for (const site of await sitePackages(prefix)) {
    for (const info of await readdir(site).catch(() => [])) {
      const match = /^(.+)-(\d[^-]*)\.dist-info$/.exec(info)
      if (match?.[1] !== undefined && match[2] !== undefined)
        found.push({ name: match[1].replaceAll('_', '-'), version: match[2], site, info })
    }
  }
  return found
}

async function sitePackages(prefix: string): Promise<string[]> {
  const lib = join(prefix, 'lib')
  const names = await readdir(lib).catch(() => [])
  return names.filter((name) => /^python3\.\d+$/.test(name)).map((name) => join(lib, name, 'site-packages'))
}
