import { Button, Collapse, SegmentedControl, Skeleton, TextInput } from '@mantine/core'
import { IconChartLine, IconCheck, IconChevronDown, IconPlus, IconSearch } from '@tabler/icons-react'
import { lazy, memo, Suspense, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Panel } from '../ui/Page'
import type { ChartProps } from './Chart'
import { MetricTable } from './MetricTable'
import { charted, keyFor, otherKeys, type AllSeries } from './series'
import { useMetrics } from './use-metrics'
import css from './charts.module.css'

const LazyChart = lazy(() => import('./Chart'))

function Chart(props: ChartProps) {
  return (
    <Suspense fallback={<Skeleton height={236} radius={12} />}>
      <LazyChart {...props} />
    </Suspense>
  )
}

function Grid({ leading = false, children }: { leading?: boolean; children: ReactNode }) {
  return (
    <div className={css.gridFrame}>
      <div className={css.grid} data-leading={leading || undefined}>
        {children}
      </div>
    </div>
  )
}

interface RunChartsProps {
  id: string
  /** The run may still report more. */
  live: boolean
}

/** Drawn again only for new metrics, not for every line that the run logs. */
export const RunCharts = memo(function RunCharts({ id, live }: RunChartsProps) {
  const { t } = useTranslation()
  const [view, setView] = useState('charts')
  const { series, loaded } = useMetrics(id)
  if (series.size === 0) {
    return (
      <section className={css.none} aria-label={t('charts.title')}>
        <IconChartLine size={22} stroke={1.6} aria-hidden />
        <p>{loaded && !live ? t('charts.none') : t('charts.waiting')}</p>
      </section>
    )
  }
  return (
    <section className={css.section} aria-label={t('charts.title')}>
      <div className={css.bar}>
        <h2>{t('charts.title')}</h2>
        <SegmentedControl
          size="xs"
          aria-label={t('charts.view')}
          value={view}
          onChange={setView}
          data={[
            { value: 'charts', label: t('charts.asCharts') },
            { value: 'table', label: t('charts.asTable') },
          ]}
        />
      </div>
      {view === 'table' ? (
        <Panel flush>
          <MetricTable series={series} />
        </Panel>
      ) : (
        <Grid leading>
          {charted.map((chart) => {
            const key = keyFor(chart, series)
            return (
              <Chart
                key={chart}
                name={t(`charts.${chart}`)}
                metric={key}
                series={series.get(key)}
                absent={t('charts.notReported')}
              />
            )
          })}
        </Grid>
      )}
      <More series={series} />
    </section>
  )
})

/** Everything else the trainer reports: verl alone has about eighty names, so each is drawn only when asked for. */
function More({ series }: { series: AllSeries }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const [sought, setSought] = useState('')
  const [added, setAdded] = useState<readonly string[]>([])
  const keys = otherKeys(series)
  if (keys.length === 0) return null
  const toggle = (key: string) =>
    setAdded((now) => (now.includes(key) ? now.filter((other) => other !== key) : [...now, key]))
  return (
    <div className={css.more}>
      <div>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          aria-expanded={open}
          rightSection={<IconChevronDown size={15} aria-hidden />}
          onClick={() => setOpen(!open)}
        >
          {t('charts.more')} ({keys.length})
        </Button>
      </div>
      <Collapse expanded={open}>
        <div className={css.more}>
          <TextInput
            size="xs"
            w={260}
            aria-label={t('charts.find')}
            placeholder={t('charts.find')}
            leftSection={<IconSearch size={15} aria-hidden />}
            value={sought}
            onChange={({ currentTarget }) => setSought(currentTarget.value)}
          />
          <Chips keys={keys.filter((key) => key.includes(sought.trim()))} added={added} onToggle={toggle} />
        </div>
      </Collapse>
      {added.length > 0 && (
        <Grid>
          {added.map((key) => (
            <Chart key={key} name={key} metric={key} series={series.get(key)} absent={t('charts.noPoints')} />
          ))}
        </Grid>
      )}
    </div>
  )
}

interface ChipsProps {
  keys: string[]
  added: readonly string[]
  onToggle(key: string): void
}

function Chips({ keys, added, onToggle }: ChipsProps) {
  const { t } = useTranslation()
  return (
    <div className={css.chips} role="group" aria-label={t('charts.moreHint')}>
      {keys.map((key) => (
        <button
          key={key}
          type="button"
          className={css.chip}
          aria-pressed={added.includes(key)}
          onClick={() => onToggle(key)}
        >
          {added.includes(key) ? <IconCheck size={13} aria-hidden /> : <IconPlus size={13} aria-hidden />}
          {key}
        </button>
      ))}
    </div>
  )
}
