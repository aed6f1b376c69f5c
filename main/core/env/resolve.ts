import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'

/** One package file the environment needs: where it is, and what its bytes must hash to. */
export const LockedFile = z.object({
  name: z.string(),
  version: z.string(),
  url: z.string(),
  sha256: z.string().nullable(),
})
export type LockedFile = z.infer<typeof LockedFile>

/** envs/<id>/lock.json */
export const Lock = z.array(LockedFile)

/** The part we need of `pip install --report` (pip 22.2 and later; format version 1). */
const PipReport = z.object({
  install: z.array(
    z.object({
      metadata: z.object({ name: z.string(), version: z.string() }),
      download_info: z.object({
        url: z.string(),
        archive_info: z.object({ hashes: z.record(z.string(), z.string()).optional() }).optional(),
      }),
    }),
  ),
})

export async function readPipReport(file: string): Promise<LockedFile[]> {
  const report = PipReport.parse(JSON.parse(await readFile(file, 'utf8')))
  return report.install
    .map(({ metadata, download_info }) => ({
      name: metadata.name,
      version: metadata.version,
      url: download_info.url,
      sha256: download_info.archive_info?.hashes?.['sha256'] ?? null,
    }))
    .sort((a, b) => a.name.localeCompare(b.name))
}

/** Where pip shall take a package from: our cache, or the file itself when the index is a local folder. */
export function localFile(wheels: string, file: LockedFile): string {
  return file.url.startsWith('file:')
    ? fileURLToPath(file.url)
    : join(wheels, decodeURIComponent(basename(new URL(file.url).pathname)))
}

export { explainOutput as explainPip } from '../net/trouble'
