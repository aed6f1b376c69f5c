import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { load } from 'js-yaml'
import * as z from 'zod'
import { MirrorKind, type Preset } from '#contract'

/** resources/network/mirrors.yaml */
const File = z.object({
  presets: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      sources: z.array(
        z.object({
          kind: MirrorKind,
          /** What the machine report calls it, where that is not the preset's name. */
          name: z.string().optional(),
          address: z.url().nullable(),
          page: z.url().nullable(),
          layout: z.enum(['index', 'files']).default('index'),
        }),
      ),
    }),
  ),
  otherHubs: z.array(z.object({ name: z.string(), page: z.url() })),
  /** Each service's own address. */
  hubs: z.object({ huggingface: z.url(), modelscope: z.url() }),
})
export type Mirrors = z.infer<typeof File>

/** A page to ask; one without an address is what the tools are set up with, and is not asked. */
export interface Mirror {
  name: string
  kind: MirrorKind
  address: string | null
}

export async function loadPresets(resources: string): Promise<Mirrors> {
  return File.parse(load(await readFile(join(resources, 'network', 'mirrors.yaml'), 'utf8')))
}

/** What the contract shows of them. */
export function presetViews({ presets }: Mirrors): Preset[] {
  return presets.map(({ id, name, sources }) => ({
    id,
    name,
    sources: sources.map(({ kind, address }) => ({ kind, address })),
  }))
}

/** Everything that can be asked how quick it is, the official places first. */
export function mirrorsOf({ presets, otherHubs }: Mirrors): (Mirror & { preset: string | null })[] {
  const ofPresets = presets.flatMap((preset) =>
    preset.sources.map(({ kind, name, page }) => ({
      preset: preset.id,
      name: name ?? preset.name,
      kind,
      address: page,
    })),
  )
  return [
    ...ofPresets,
    ...otherHubs.map(({ name, page }) => ({ preset: null, name, kind: 'hub' as const, address: page })),
  ]
}

/** Where the builds of torch come from: an index to ask, or a plain list of files to pick from. */
export interface TorchSource {
  address: string
  layout: 'index' | 'files'
}

/**
 * `setting` is what the user set, `recipe` what the recipe says; null where it does not. The address
 * of a mirror that we know stands for all builds, so the build's name ("cu118") is taken over from the
 * recipe's address; one that we do not know is used as it is.
 */
export function torchSource(
  setting: string | null,
  recipe: string | null,
  mirrors: Mirrors | null,
): TorchSource | null {
  if (setting === null) return recipe === null ? null : { address: recipe, layout: 'index' }
  const known = mirrors?.presets
    .flatMap(({ sources }) => sources)
    .find(({ kind, address }) => kind === 'torch' && same(address, setting))
  if (known === undefined) return { address: setting, layout: 'index' }
  // Without a build the recipe is content with what the package index has; a list of all builds is none.
  if (recipe === null) return null
  return { address: `${trimmed(setting)}/${trimmed(recipe).split('/').at(-1) ?? ''}`, layout: known.layout }
}

const trimmed = (address: string) => address.replace(/\/+$/, '')
const same = (a: string | null, b: string) => a !== null && trimmed(a) === trimmed(b)
