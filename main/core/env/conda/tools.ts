import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { load } from 'js-yaml'
import * as z from 'zod'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

const Build = z.object({
  file: z.string(),
  sha256,
  /** Path of the program inside the file. */
  program: z.string(),
  programSha256: sha256,
})

/** resources/tools/tools.yaml */
export const Tools = z.object({
  defaultChannels: z.url(),
  channel: z.string(),
  micromamba: z.object({ version: z.string(), builds: z.record(z.string(), Build) }),
})
export type Tools = z.infer<typeof Tools>

export async function loadTools(resources: string): Promise<Tools> {
  return Tools.parse(load(await readFile(join(resources, 'tools', 'tools.yaml'), 'utf8')))
}

/** conda's name of this machine's platform ("linux-64"); another system gives a name that no build has. */
export function condaPlatform(platform: string = process.platform, arch: string = process.arch): string {
  const bits = { x64: '64', arm64: 'aarch64', ppc64: 'ppc64le' }[arch] ?? arch
  return `${platform}-${bits}`
}
