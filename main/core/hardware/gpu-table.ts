import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { load } from 'js-yaml'
import * as z from 'zod'

/** resources/gpus: what the driver does not say about a card. */
const Capabilities = z.object({
  source: z.url(),
  capabilities: z.record(
    z.string(),
    z.object({ architecture: z.string(), sharedMemoryKiB: z.number().int(), bf16: z.boolean() }),
  ),
})
const Drivers = z.object({ source: z.url(), drivers: z.array(z.object({ driver: z.string(), cuda: z.string() })) })
const Cards = z.object({
  /** `read`: whether it was opened when the row was written, or is NVIDIA's own page named from memory. */
  sources: z.record(z.string(), z.object({ url: z.url(), read: z.boolean() })),
  cards: z.array(
    z.object({
      name: z.string(),
      computeCapability: z.string(),
      memoryGiB: z.array(z.number()).min(1),
      bandwidthGBs: z.number().positive(),
      fp16Tflops: z.number().positive(),
      fp32Tflops: z.number().positive(),
      source: z.string(),
    }),
  ),
})

export interface Card {
  /** Matches the whole name that the driver gives, less "NVIDIA " in front. */
  pattern: RegExp
  architecture: string
  computeCapability: string
  memoryGiB: number[]
  bandwidthGBs: number
  /** Dense; tensor cores with float32 accumulation where there are any. */
  fp16Tflops: number
  fp32Tflops: number
  sharedMemoryKiB: number
  bf16: boolean
  source: string
}

export interface GpuTable {
  cards: Card[]
  /** Newest first. */
  drivers: { driver: string; cuda: string }[]
}

export async function loadGpuTable(resources: string): Promise<GpuTable> {
  const folder = join(resources, 'gpus')
  const read = async (name: string): Promise<unknown> => load(await readFile(join(folder, name), 'utf8'))
  const { capabilities } = Capabilities.parse(await read('capabilities.yaml'))
  const { drivers } = Drivers.parse(await read('cuda-drivers.yaml'))
  const special = new Set(['capabilities.yaml', 'cuda-drivers.yaml'])
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml') && !special.has(name)).sort()
  const files = await Promise.all(names.map(async (name) => Cards.parse(await read(name))))
  const cards = files.flatMap(({ cards, sources }) =>
    cards.map(({ name, source, ...figures }): Card => {
      const capability = capabilities[figures.computeCapability]
      const url = sources[source]?.url
      if (capability === undefined || url === undefined) throw new Error(`resources/gpus: ${name} is not complete`)
      return { ...figures, ...capability, source: url, pattern: new RegExp(`^(?:${name})$`, 'i') }
    }),
  )
  return { cards, drivers }
}

/** The card that the driver calls `name`, or null: an unknown card is not guessed at. */
export function findCard(table: GpuTable, name: string): Card | null {
  const bare = name.trim().replace(/^NVIDIA\s+/i, '')
  return table.cards.find(({ pattern }) => pattern.test(bare)) ?? null
}
