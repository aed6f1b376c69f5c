import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'

/** One package file the environment needs: where it is, and what its bytes must hash to. */
export const LockedFile = z.object({
  name: z.string(),
  version: z.string(),
  url: z.string(),
  sha256: z.string().nullable(),
  /** null: the index does not say. */
  size: z.number().nullable(),
})
export type LockedFile = z.infer<typeof LockedFile>

/** envs/<id>/lock.json */
export const Lock = z.array(LockedFile)

/** Where an installer shall take a package from: our cache, or the file itself when the index is a local folder. */
export function localFile(wheels: string, file: LockedFile): string {
  return file.url.startsWith('file:')
    ? fileURLToPath(file.url)
    : join(wheels, decodeURIComponent(basename(new URL(file.url).pathname)))
}
