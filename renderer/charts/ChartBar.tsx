import { Button, SegmentedControl, Slider, Switch } from '@mantine/core'
import { IconFileTypeCsv, IconZoomReset } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { save } from '../ui/save'
import { metricsCsv } from './export'
import type { Look } from './lines'
import css from './charts.module.css'

export type ChartView = 'charts' | 'table'

interface Props {
  ids: readonly string[]
  view: ChartView
  look: Look
  onView(view: ChartView): void
  onLook(look: Look): void
}

/** How the charts are drawn, and what can be taken away from them. */
export function ChartBar({ ids, view, look, onView, onLook }: Props) {
  const { t } = useTranslation()
  return (
    <div className={css.bar}>
      <h2>{t('charts.title')}</h2>
      <div className={css.controls}>
        {look.range !== null && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconZoomReset size={15} aria-hidden />}
            onClick={() => onLook({ ...look, range: null })}
          >
            {t('charts.zoomReset', { from: look.range[0], to: look.range[1] })}
          </Button>
        )}
        <label className={css.smoothing}>
          <span aria-hidden>{t('charts.smoothing')}</span>
          <Slider
            w={96}
            size="sm"
            min={0}
            max={0.99}
            step={0.01}
            value={look.smoothing}
            label={(value) => value.toFixed(2)}
            thumbLabel={t('charts.smoothing')}
            onChange={(smoothing) => onLook({ ...look, smoothing })}
          />
        </label>
        <Switch
          size="xs"
          label={t('charts.log')}
          checked={look.log}
          onChange={({ currentTarget }) => onLook({ ...look, log: currentTarget.checked })}
        />
        {ids.map((id) => (
          <Csv key={id} id={id} many={ids.length > 1} />
        ))}
        <SegmentedControl
          size="xs"
          aria-label={t('charts.view')}
          value={view}
          onChange={(next) => onView(next)}
          data={[
            { value: 'charts', label: t('charts.asCharts') },
            { value: 'table', label: t('charts.asTable') },
          ]}
        />
      </div>
    </div>
  )
}

function Csv({ id, many }: { id: string; many: boolean }) {
  const [busy, setBusy] = useState(false)
  const take = async () => {
    setBusy(true)
    try {
      save({ name: `${id}.csv`, text: await metricsCsv(id) })
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button
      size="compact-sm"
      variant="default"
      loading={busy}
      leftSection={<IconFileTypeCsv size={15} aria-hidden />}
      onClick={() => void take()}
    >
      {many ? `CSV ${id}` : 'CSV'}
    </Button>
  )
}
