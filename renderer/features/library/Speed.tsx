import { NumberInput, Slider } from '@mantine/core'
import type { SettingsPatch } from '#contract'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../../stores/command'
import { useCore } from '../../stores/projection'
import { ErrorNotice } from '../../ui/Notice'
import css from './library.module.css'

const MB = 1_000_000

/** How much of the line downloads may take; it holds at once, also for those under way. */
export function Speed() {
  const { t } = useTranslation()
  const { limit, connections, atOnce } = useCore((state) => state.settings.downloads)
  const set = useCommand((core, downloads: NonNullable<SettingsPatch['downloads']>) =>
    core.settings.update({ downloads }),
  )
  return (
    <div className={css.dialog}>
      <NumberInput
        label={t('library.speed.limit')}
        description={t('library.speed.limitHint')}
        suffix=" MB/s"
        min={0}
        step={1}
        value={limit === null ? '' : limit / MB}
        onChange={(value) => {
          const next = Number(value)
          void set.run({ limit: value === '' || next <= 0 ? null : Math.max(10_000, Math.round(next * MB)) })
        }}
      />
      <Steps
        label={t('library.speed.connections')}
        hint={t('library.speed.connectionsHint')}
        most={16}
        value={connections}
        onChange={(value) => void set.run({ connections: value })}
      />
      <Steps
        label={t('library.speed.atOnce')}
        hint={t('library.speed.atOnceHint')}
        most={4}
        value={atOnce}
        onChange={(value) => void set.run({ atOnce: value })}
      />
      <ErrorNotice error={set.error} />
    </div>
  )
}

interface StepsProps {
  label: string
  hint: string
  most: number
  value: number
  onChange(value: number): void
}

function Steps({ label, hint, most, value, onChange }: StepsProps) {
  return (
    <div>
      <p className={css.label}>
        {label} <strong className="num">{value}</strong>
      </p>
      <p className={css.quiet}>{hint}</p>
      <Slider thumbLabel={label} min={1} max={most} label={null} defaultValue={value} onChangeEnd={onChange} />
    </div>
  )
}
