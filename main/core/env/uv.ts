import { access, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { load } from 'js-yaml'
import * as z from 'zod'
import type { StepContext } from '../jobs/step'
import { compareVersions } from '../plan/versions'
import { removeIfThere } from '../state/atomic-file'
import type { Workshop } from './workshop'

/** resources/tools/uv.yaml: the release we tested with, and the digests of its wheels. */
const Pinned = z.object({ version: z.string(), sha256: z.array(z.string()).min(1) })

/** `uv pip compile --format pylock.toml` came with 0.6.15 and has been as it is since about this one. */
const OLDEST = '0.9'

/**
 * The uv that resolves and installs: the machine's own if it is new enough, else ours, fetched once by the
 * environment's pip from the package index (so that every mirror of it will do) and held to its digest.
 * null where that index has none: pip itself then does the work.
 */
export async function findUv(shop: Workshop, context: StepContext): Promise<string | null> {
  const found = shop.deps.machine().engines.find(({ name }) => name === 'uv')
  if (found !== undefined && compareVersions(found.version, OLDEST) >= 0) return found.path
  const { version, sha256 } = Pinned.parse(
    load(await readFile(join(shop.deps.resources, 'tools', 'uv.yaml'), 'utf8')),
  )
  const folder = join(shop.deps.layout.cache, 'tools', `uv-${version}`)
  const program = join(folder, 'bin', 'uv')
  if (await exists(program)) return program
  const making = `${folder}.making`
  await removeIfThere(making)
  await mkdir(making, { recursive: true })
  const wanted = join(making, 'wanted.txt')
  await writeFile(wanted, [`uv==${version}`, ...sha256.map((digest) => `--hash=sha256:${digest}`)].join(' ') + '\n')
  const index = shop.deps.network.packageIndex()
  const end = await shop.run(context, [
    shop.python,
    ...['-m', 'pip', 'install', '--target', making, '--no-deps', '--require-hashes'],
    ...['--only-binary', ':all:', '--progress-bar', 'off', '--retries', '1', '--timeout', '20'],
    ...(index === null ? [] : ['--index-url', index]),
    ...['--requirement', wanted],
  ])
  if (end.code !== 0) {
    const params = { version, detail: end.tail.split('\n').at(-1)?.slice(0, 200) ?? '' }
    context.finding({ code: 'UV_UNAVAILABLE', severity: 'info', params })
    return null
  }
  await removeIfThere(folder)
  await rename(making, folder)
  return program
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )
