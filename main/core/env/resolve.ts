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

/**
 * What a failed pip said, sorted out: an address that did not answer is the network's fault, a
 * version nobody offers is the index's. pip 23 and 26 print the same two sentences.
 */
export function explainPip(
  output: string,
): { code: 'NETWORK_UNREACHABLE'; address: string; detail: string } | { code: 'PACKAGES_UNRESOLVED'; detail: string } {
  const broken =
    /(?:connection broken by|Max retries exceeded|ConnectTimeoutError|NewConnectionError|ProxyError|SSLError)/i.exec(
      output,
    )
  if (broken !== null) {
    const host = /host='([^']+)'/.exec(output)?.[1] ?? /https?:\/\/([^/\s]+)/.exec(output)?.[1] ?? 'the package index'
    const reason = /((?:ProxyError|SSLError|NewConnectionError|ConnectTimeoutError|ReadTimeoutError)[^\n]{0,160})/.exec(
      output,
    )?.[1]
    return { code: 'NETWORK_UNREACHABLE', address: host, detail: reason ?? broken[0] }
  }
  const errors = output.split('\n').filter((line) => line.startsWith('ERROR:'))
  return { code: 'PACKAGES_UNRESOLVED', detail: (errors.at(-1) ?? output.split('\n').at(-1) ?? '').slice(0, 300) }
}
