import { Button } from '@mantine/core'
import { IconCheck, IconGauge } from '@tabler/icons-react'
import { isChosen, presetPatch, ranked, type Preset, type PresetProbe } from '#contract'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useConnection } from '../../stores/connection'
import { useCommand } from '../../stores/command'
import { useCore } from '../../stores/projection'
import { ErrorNotice } from '../../ui/Notice'
import css from './settings.module.css'

/** Sets of addresses that go together, each with how quick it is from here once that was measured. */
export function Presets() {
  const { t } = useTranslation()
  const [presets, setPresets] = useState<Preset[]>([])
  const [probes, setProbes] = useState<PresetProbe[]>([])
  const { run: load, error } = useCommand(async (core) => setPresets(await core.network.presets()))
  const measure = useCommand(async (core) => setProbes(await core.network.probe()))
  const choose = useCommand((core, preset: Preset) => core.settings.update({ network: presetPatch(preset) }))
  const live = useConnection((store) => store.state === 'live')
  useEffect(() => {
    if (live) void load()
  }, [live, load])
  return (
    <section className={css.presets} aria-label={t('settings.presets')}>
      <div className={css.row}>
        <div>
          <h3 className={css.name}>{t('settings.presets')}</h3>
          <p className={css.hint}>{t('settings.presetsText')}</p>
        </div>
        <Button
          variant="default"
          loading={measure.busy}
          leftSection={<IconGauge size={16} aria-hidden />}
          onClick={() => void measure.run()}
        >
          {t('settings.measure')}
        </Button>
      </div>
      <ul>
        {ranked(presets, probes).map((preset) => (
          <Line
            key={preset.id}
            preset={preset}
            probes={probes.filter((probe) => probe.preset === preset.id)}
            busy={choose.busy}
            onUse={() => void choose.run(preset)}
          />
        ))}
      </ul>
      <ErrorNotice error={choose.error ?? measure.error ?? error} />
    </section>
  )
}

interface LineProps {
  preset: Preset
  probes: PresetProbe[]
  busy: boolean
  onUse(): void
}

function Line({ preset, probes, busy, onUse }: LineProps) {
  const { t } = useTranslation()
  const chosen = useCore((state) => isChosen(preset, state.settings.network))
  const name = preset.id === 'official' ? t('settings.official') : preset.name
  return (
    <li>
      <span className={css.presetName}>{name}</span>
      <ul className={css.sources}>
        {preset.sources.map(({ kind, address }) => {
          const probe = probes.find((found) => found.kind === kind)
          return (
            <li key={kind} title={address ?? undefined} data-reached={probe === undefined ? undefined : reached(probe)}>
              {t(`mirrorKind.${kind}`)}
              {probe !== undefined && (
                <span title={probe.detail ?? undefined}>
                  {probe.latencyMs === null ? t('machine.notReached') : t('machine.latency', { ms: probe.latencyMs })}
                </span>
              )}
            </li>
          )
        })}
      </ul>
      {chosen ? (
        <span className={css.saved}>
          <IconCheck size={16} aria-hidden /> {t('settings.inUse')}
        </span>
      ) : (
        <Button
          size="compact-sm"
          variant="subtle"
          disabled={busy}
          aria-label={t('settings.usePreset', { name })}
          onClick={onUse}
        >
          {t('settings.use')}
        </Button>
      )}
    </li>
  )
}

const reached = (probe: PresetProbe) => probe.latencyMs !== null
