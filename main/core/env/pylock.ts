import { parse } from 'smol-toml'
import * as z from 'zod'
import { AppError } from '../errors'
import type { LockedFile } from './lock'

const File = z.object({
  url: z.string().optional(),
  path: z.string().optional(),
  size: z.number().optional(),
  hashes: z.record(z.string(), z.string()).optional(),
})
const Package = z.object({
  name: z.string(),
  version: z.string().optional(),
  wheels: z.array(File).optional(),
  sdist: File.optional(),
})
/** pylock.toml (PEP 751), the part that says which file of each package. */
const Pylock = z.object({ packages: z.array(Package) })

/**
 * The file to fetch of each package: the wheel whose tag comes first in `tags` (best first, as Python itself
 * orders them), else the source. PACKAGES_UNRESOLVED where a package has neither.
 */
export function readPylock(text: string, tags: string[]): LockedFile[] {
  const rank = new Map(tags.map((tag, index) => [tag, index]))
  return Pylock.parse(parse(text)).packages.map(({ name, version, wheels, sdist }) => {
    const file = bestWheel(wheels ?? [], rank) ?? sdist
    const url = file?.url ?? (file?.path === undefined ? undefined : `file://${file.path}`)
    if (file === undefined || url === undefined || version === undefined) {
      throw new AppError('PACKAGES_UNRESOLVED', { detail: `${name} ${version ?? ''}: no file for this machine` })
    }
    return { name, version, url, sha256: file.hashes?.['sha256'] ?? null, size: file.size ?? null }
  })
}

function bestWheel(wheels: z.infer<typeof File>[], rank: Map<string, number>): z.infer<typeof File> | undefined {
  const rankOf = (wheel: z.infer<typeof File>) =>
    Math.min(...wheelTags(wheel.url ?? wheel.path ?? '').map((tag) => rank.get(tag) ?? Infinity))
  return wheels.filter((wheel) => rankOf(wheel) < Infinity).sort((a, b) => rankOf(a) - rankOf(b))[0]
}

/** "x-1-cp311.cp312-abi3-manylinux_2_17_x86_64.whl" stands for every combination of its parts (PEP 425). */
function wheelTags(address: string): string[] {
  const name = decodeURIComponent(address.split('/').at(-1) ?? '').replace(/\.whl$/, '')
  const [pythons, abis, platforms] = name.split('-').slice(-3)
  const all = (part: string | undefined) => part?.split('.') ?? []
  return all(pythons).flatMap((python) =>
    all(abis).flatMap((abi) => all(platforms).map((platform) => `${python}-${abi}-${platform}`)),
  )
}
