import type { Dispatcher } from 'undici'
import type { PresetProbe } from '#contract'
import { probeMirrors } from '../hardware/mirrors'
import { mirrorsOf, type Mirrors } from './presets'

/** Asks every preset at once; quickest first. */
export async function rankPresets(mirrors: Mirrors, dispatcher: Dispatcher): Promise<PresetProbe[]> {
  const asked = mirrorsOf(mirrors).flatMap(({ preset, ...mirror }) => (preset === null ? [] : [{ preset, mirror }]))
  const probed = await Promise.all(
    asked.map(async ({ preset, mirror }) =>
      (await probeMirrors([mirror], dispatcher)).map((found): PresetProbe => ({ ...found, preset })),
    ),
  )
  return probed.flat().sort((a, b) => (a.latencyMs ?? Infinity) - (b.latencyMs ?? Infinity) || 0)
}
