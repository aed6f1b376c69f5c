import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { AppError, errnoOf } from '../../errors'
import { peekJson } from '../../state/atomic-file'

/** The part we need of conda-meta/<package>.json; a package of a local channel may lack digests. */
const PrefixRecord = z.object({
  name: z.string(),
  version: z.string(),
  build: z.string(),
  subdir: z.string().default('noarch'),
  url: z.string(),
  md5: z.string().nullish(),
  sha256: z.string().nullish(),
  size: z.number().nullish(),
})

export interface CondaPackage {
  name: string
  version: string
  build: string
  /** conda's platform of the package, or "noarch". */
  platform: string
  url: string
  md5: string | null
  sha256: string | null
  /** Bytes of the package file. */
  size: number | null
}

/** The packages conda put into `prefix`, by name. Throws NOT_AN_ENVIRONMENT (path, detail). */
export async function condaPackages(prefix: string): Promise<CondaPackage[]> {
  const folder = join(prefix, 'conda-meta')
  const names = await readdir(folder).catch((thrown: unknown) => {
    if (errnoOf(thrown) === 'ENOENT' || errnoOf(thrown) === 'ENOTDIR')
      throw new AppError('NOT_AN_ENVIRONMENT', { path: prefix, detail: 'no conda-meta' }, thrown)
    throw thrown
  })
  const packages: CondaPackage[] = []
  for (const name of names.filter((name) => name.endsWith('.json')).sort()) {
    const record = await peekJson(join(folder, name), PrefixRecord)
    if (record === null || record === 'damaged')
      throw new AppError('NOT_AN_ENVIRONMENT', { path: prefix, detail: `conda-meta/${name}` })
    const { subdir, md5, sha256, size, ...rest } = record
    packages.push({ ...rest, platform: subdir, md5: md5 ?? null, sha256: sha256 ?? null, size: size ?? null })
  }
  return packages.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/**
 * What `conda create --file` and `micromamba create --file` take to make the same prefix again.
 * md5 because every version reads it there; it finds damage, the address is what is trusted.
 */
export function explicitLock(packages: CondaPackage[], platform: string): string {
  const lines = packages.map(({ url, md5 }) => withoutSecret(url) + (md5 === null ? '' : `#${md5}`))
  return [`# platform: ${platform}`, '@EXPLICIT', ...lines, ''].join('\n')
}

/** A private channel's address can hold a password or `/t/<token>/` (conda's own form). */
function withoutSecret(address: string): string {
  const url = new URL(address)
  url.username = ''
  url.password = ''
  url.pathname = url.pathname.replace(/^\/t\/[^/]+\//, '/')
  return url.href
}
