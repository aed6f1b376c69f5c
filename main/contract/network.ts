import * as z from 'zod'
import type { Settings } from './settings'

export const mirrorKinds = ['hub', 'packages', 'torch', 'conda'] as const
export const MirrorKind = z.enum(mirrorKinds)
export type MirrorKind = z.infer<typeof MirrorKind>

/** How long a page of a mirror took to answer. */
export const Probed = z.object({
  name: z.string(),
  kind: MirrorKind,
  address: z.string(),
  /** null: it did not answer in time. */
  latencyMs: z.number().nullable(),
  detail: z.string().nullable(),
})
export type Probed = z.infer<typeof Probed>

/** A set of addresses that belong together; a kind it does not offer is not in `sources`. */
export const Preset = z.object({
  id: z.string(),
  name: z.string(),
  /** `address` null: what the tools are already set to. */
  sources: z.array(z.object({ kind: MirrorKind, address: z.url().nullable() })),
})
export type Preset = z.infer<typeof Preset>

/** What a probe found, quickest first; those that did not answer come last. `preset`: its id. */
export const PresetProbe = Probed.extend({ preset: z.string() })
export type PresetProbe = z.infer<typeof PresetProbe>

/** The setting that holds the address of each kind. */
export const settingOfKind = {
  hub: 'hubEndpoint',
  packages: 'packageIndex',
  torch: 'torchIndex',
  conda: 'condaChannels',
} as const satisfies Record<MirrorKind, keyof Settings['network']>

/** What to set for a preset: what it offers, and nothing else, so that two of them can be used together. */
export function presetPatch(preset: Preset): Partial<Settings['network']> {
  return Object.fromEntries(preset.sources.map(({ kind, address }) => [settingOfKind[kind], address]))
}

/** Whether the settings are what this preset says. */
export function isChosen(preset: Preset, network: Settings['network']): boolean {
  return preset.sources.every(({ kind, address }) => network[settingOfKind[kind]] === address)
}

/** Quickest first by the quickest place of each; those that did not answer stay last, in their own order. */
export function ranked(presets: Preset[], probes: PresetProbe[]): Preset[] {
  const reached = probes.filter(({ latencyMs }) => latencyMs !== null)
  const rank = ({ id }: Preset) => {
    const place = reached.findIndex(({ preset }) => preset === id)
    return place === -1 ? reached.length : place
  }
  return [...presets].sort((a, b) => rank(a) - rank(b))
}
