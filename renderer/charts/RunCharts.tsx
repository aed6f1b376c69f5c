import { IconChartLine } from '@tabler/icons-react'
import { memo, useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Panel } from '../ui/Page'
import { ChartBar, type ChartView } from './ChartBar'
import { BriefCharts, ChartGroups, type Drawn } from './ChartGroups'
import type { Look } from './lines'
import { MetricTable } from './MetricTable'
import { useMetrics, useVersion } from './use-metrics'
import css from './charts.module.css'

const plain: Look = { smoothing: 0, log: false, range: null }

interface RunChartsProps {
  id: string
  /** The run may still report more. */
  live: boolean
  /** Only the charts of a first look. */
  brief?: boolean
}

/** Drawn again only for new metrics, not for every line that the run logs. */
export const RunCharts = memo(function RunCharts({ id, live, brief = false }: RunChartsProps) {
  const ids = useMemo(() => [{ id, name: id }], [id])
  return <Charts runs={ids} live={live} brief={brief} />
})

/** The same charts for several runs, each a line: up to six, as there are colours. */
export const CompareCharts = memo(function CompareCharts({ runs }: { runs: readonly { id: string; name: string }[] }) {
  return <Charts runs={runs} live brief={false} />
})

interface ChartsProps {
  runs: readonly { id: string; name: string }[]
  live: boolean
  brief: boolean
}

function Charts({ runs, live, brief }: ChartsProps) {
  const { t } = useTranslation()
  const [view, setView] = useState<ChartView>('charts')
  const [look, setLook] = useState(plain)
  const ids = useMemo(() => runs.map(({ id }) => id), [runs])
  const metrics = useMetrics(ids)
  const stores = useMemo(() => metrics.map(({ store }) => store), [metrics])
  useVersion(stores)
  const drawn = useMemo(
    () => metrics.map(({ id, store }): Drawn => ({ id, name: runs.find((run) => run.id === id)?.name ?? id, store })),
    [metrics, runs],
  )
  const names = stores.map((store) => store.keys())
  const keys = useKeysOf(names)
  const onZoom = useCallback((range: Look['range']) => setLook((now) => ({ ...now, range })), [])
  if (keys.length === 0) {
    const loaded = metrics.length > 0 && metrics.every((one) => one.loaded)
    return (
      <section className={css.none} aria-label={t('charts.title')}>
        <IconChartLine size={22} stroke={1.6} aria-hidden />
        <p>{loaded && !live ? t('charts.none') : t('charts.waiting')}</p>
      </section>
    )
  }
  const shared = { runs: drawn, keys, look, onZoom }
  const first = drawn[0]
  return (
    <section className={css.section} aria-label={t('charts.title')}>
      <ChartBar ids={ids} view={view} look={look} onView={setView} onLook={setLook} />
      {view === 'table' && first !== undefined ? (
        <Panel flush>
          <MetricTable store={first.store} />
        </Panel>
      ) : brief ? (
        <BriefCharts {...shared} />
      ) : (
        <ChartGroups {...shared} />
      )}
    </section>
  )
}

/** All names of all runs; the same list until one is new. */
function useKeysOf(names: readonly (readonly string[])[]): readonly string[] {
  const [kept, setKept] = useState<{ names: readonly (readonly string[])[]; keys: readonly string[] }>({
    names: [],
    keys: [],
  })
  if (kept.names.length === names.length && names.every((list, index) => list === kept.names[index])) return kept.keys
  const keys = [...new Set(names.flat())]
  setKept({ names, keys })
  return keys
}
