import { mkdir, stat } from 'node:fs/promises'
import pMap from 'p-map'
import type { Dispatcher } from 'undici'
import type { StepContext } from '../jobs/step'
import { fetchFile, remoteSize, sha256Of } from '../net/fetch-file'
import { sizeOf } from '../state/file-size'
import { localFile, type LockedFile } from './lock'

/** Files on the way at the same time: enough to hide latency, few enough for a mirror's patience. */
const PARALLEL = 4

/** Brings every locked file into the cache, verified, with bytes, rate and host reported. */
export async function fetchLocked(
  lock: LockedFile[],
  wheels: string,
  dispatcher: Dispatcher,
  context: StepContext,
): Promise<void> {
  await mkdir(wheels, { recursive: true })
  const wanted: LockedFile[] = []
  for (const file of lock) if (!(await isThere(file, localFile(wheels, file)))) wanted.push(file)
  const sizeOfFile = ({ url, size }: LockedFile) => size ?? remoteSize(url, dispatcher, context.signal)
  const sizes = await pMap(wanted, sizeOfFile, { concurrency: 8 })
  const total = sizes.includes(null) ? null : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
  const positions = new Map<string, number>()
  const report = (what: string | null) => {
    const done = [...positions.values()].reduce((sum, position) => sum + position, 0)
    context.progress({ done, total, unit: 'bytes', what })
  }
  report(null)
  // One file that fails for good ends the others: their parts stay and are continued next time.
  const failed = new AbortController()
  const signal = AbortSignal.any([context.signal, failed.signal])
  const bring = async (file: LockedFile) => {
    let what = `${file.name} ${file.version} (${new URL(file.url).host})`
    context.log(`fetching ${what}`)
    const onHost = (host: string) => (what = `${file.name} ${file.version} (${host})`)
    const onBytes = (position: number) => {
      context.landed(Math.max(0, position - (positions.get(file.url) ?? position)))
      positions.set(file.url, position)
      report(what)
    }
    await fetchFile({
      url: file.url,
      target: localFile(wheels, file),
      sha256: file.sha256,
      dispatcher,
      signal,
      onBytes,
      onHost,
    })
  }
  try {
    await pMap(wanted, bring, { concurrency: PARALLEL })
  } catch (thrown) {
    failed.abort()
    throw thrown
  }
}

/** A file in the cache counts only with the right digest: a disk can lie, and a user can copy. */
async function isThere(file: LockedFile, path: string): Promise<boolean> {
  if (file.url.startsWith('file:')) return (await stat(path)).isFile()
  if ((await sizeOf(path)) === 0) return false
  return file.sha256 === null || (await sha256Of(path)) === file.sha256
}
