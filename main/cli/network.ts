import { isChosen, presetPatch, ranked, type Client, type Preset, type PresetProbe, type Settings } from '#contract'
import { AppError } from '#core'
import { table } from './format'
import { networkSettingLines } from './show'
import type { Say } from './words'

/** What is set, and the presets with how long each of their places took to answer; null: not asked. */
export function networkLines(
  network: Settings['network'],
  presets: Preset[],
  probes: PresetProbe[] | null,
  say: Say,
): string[] {
  const latency = (preset: Preset, kind: string) => {
    const found = probes?.find((probe) => probe.preset === preset.id && probe.kind === kind)
    if (found === undefined) return ''
    return found.latencyMs === null ? say('terminal.notReached') : say('terminal.latency', { ms: found.latencyMs })
  }
  const rows = ranked(presets, probes ?? []).map((preset) => [
    isChosen(preset, network) ? '*' : ' ',
    preset.id,
    preset.name,
    preset.sources.map(({ kind }) => `${say(`mirrorKind.${kind}`)} ${latency(preset, kind)}`.trim()).join('; '),
  ])
  return [...networkSettingLines(network), '', say('terminal.presets'), ...table(rows)]
}

/** Sets what the preset offers, and leaves the rest. NOT_FOUND for one that there is none of. */
export async function usePreset(client: Client, id: string): Promise<void> {
  const preset = (await client.network.presets()).find((one) => one.id === id)
  if (preset === undefined) throw new AppError('NOT_FOUND', { what: 'preset', id })
  await client.settings.update({ network: presetPatch(preset) })
}
