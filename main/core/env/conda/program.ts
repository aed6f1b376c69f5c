import { createReadStream } from 'node:fs'
import { chmod, mkdir, mkdtemp, rename } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { extract } from 'tar'
import unbzip2 from 'unbzip2-stream'
import type { Dispatcher } from 'undici'
import type { MachineReport } from '#contract'
import { AppError, errnoOf } from '../../errors'
import { fetchFile, sha256Of } from '../../net/fetch-file'
import { removeIfThere } from '../../state/atomic-file'
import type { Tools } from './tools'

/** Best first: micromamba needs no base environment and solves fastest. */
const names = ['micromamba', 'mamba', 'conda'] as const

export interface CondaProgram {
  name: (typeof names)[number]
  path: string
  version: string
}

/** The program this machine has, or null. Pure. */
export function foundProgram(engines: MachineReport['engines']): CondaProgram | null {
  for (const name of names) {
    const found = engines.find((engine) => engine.name === name)
    if (found !== undefined) return { name, path: found.path, version: found.version }
  }
  return null
}

export interface FetchProgramOptions {
  tools: Tools
  /** conda's name of the platform, see `condaPlatform`. */
  platform: string
  /** Base address of the channels, e.g. of a mirror. */
  channels: string
  /** The root's cache folder. */
  cache: string
  dispatcher: Dispatcher
  signal: AbortSignal
  onBytes: (position: number) => void
}

/**
 * Our own micromamba: fetched, checked, unpacked and kept below the cache; at once when it is there.
 * Throws NETWORK_UNREACHABLE, DIGEST_MISMATCH, or ENVIRONMENT_UNAVAILABLE where this platform has none.
 */
export async function fetchMicromamba(options: FetchProgramOptions): Promise<CondaProgram> {
  const { tools, platform, cache } = options
  const { version, builds } = tools.micromamba
  const build = builds[platform]
  if (build === undefined)
    throw new AppError('ENVIRONMENT_UNAVAILABLE', { detail: `there is no micromamba for ${platform}` })
  const folder = join(cache, 'tools', `micromamba-${version}`)
  const path = join(folder, basename(build.program))
  const program = { name: 'micromamba', path, version } as const
  if (await hasDigest(path, build.programSha256)) return program

  const archive = join(folder, build.file)
  if (!(await hasDigest(archive, build.sha256))) {
    const url = channelAddress(options.channels, tools.channel, platform, build.file)
    await fetchFile({ ...options, url, target: archive, sha256: build.sha256 })
  }
  const scratch = await mkdtemp(join(folder, 'unpack-'))
  try {
    await unpack(archive, scratch, build.program, options.signal)
    const unpacked = join(scratch, build.program)
    if (!(await hasDigest(unpacked, build.programSha256))) throw new AppError('DIGEST_MISMATCH', { file: build.file })
    await chmod(unpacked, 0o755)
    await rename(unpacked, path)
  } finally {
    await removeIfThere(scratch)
  }
  await removeIfThere(archive)
  return program
}

/** `<channels>/<channel>/...`, whether or not the base address ends in a slash. */
export const channelAddress = (channels: string, ...parts: string[]) =>
  [channels.replace(/\/+$/, ''), ...parts].join('/')

/** Only the one file is written, whatever else the archive names. */
async function unpack(archive: string, folder: string, member: string, signal: AbortSignal): Promise<void> {
  await mkdir(folder, { recursive: true })
  const only = extract({ cwd: folder, strict: true, filter: (path) => path === member })
  try {
    await pipeline(createReadStream(archive), unbzip2(), only, { signal })
  } catch (thrown) {
    signal.throwIfAborted()
    if (errnoOf(thrown)?.startsWith('E') === true) throw thrown
    throw new AppError('DIGEST_MISMATCH', { file: basename(archive) }, thrown)
  }
}

async function hasDigest(file: string, sha256: string): Promise<boolean> {
  try {
    return (await sha256Of(file)) === sha256
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return false
    throw thrown
  }
}
