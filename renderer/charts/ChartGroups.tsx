import { Button, Collapse, Skeleton, TextInput } from '@mantine/core'
import { IconCheck, IconChevronDown, IconPlus, IconSearch } from '@tabler/icons-react'
import { lazy, memo, Suspense, useMemo, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChartProps } from './Chart'
import { chooseCharts, shortName, type ChartChoice } from './groups'
import type { Line, Look } from './lines'
import type { MetricStore } from './metric-store'
import { useVersion } from './use-metrics'
import css from './charts.module.css'

const LazyChart = lazy(() => import('./Chart'))

/** A run whose metrics are drawn, by the name that a legend shows. */
export interface Drawn {
  id: string
  name: string
  store: MetricStore
}

interface Shared {
  runs: readonly Drawn[]
  look: Look
  onZoom: ChartProps['onZoom']
}

/** One run: a line for each metric. Several: a line for each run, of the first metric. */
function linesOf(runs: readonly Drawn[], keys: readonly string[]): Line[] {
  const [only] = runs
  if (runs.length === 1 && only !== undefined) {
    const names = new Set(keys.map(shortName))
    return keys.flatMap((key, index): Line[] => {
      const series = only.store.series(key)
      const name = names.size === keys.length ? shortName(key) : key
      return series === undefined ? [] : [{ id: key, name, colour: index, series }]
    })
  }
  return runs.flatMap(({ id, name, store }, index): Line[] => {
    const series = keys.map((key) => store.series(key)).find((found) => found !== undefined)
    return series === undefined ? [] : [{ id, name, colour: index, series }]
  })
}

function OneChart({ runs, look, onZoom, name, keys }: Shared & { name: string; keys: readonly string[] }) {
  const [seen, setSeen] = useState(true)
  const stores = useMemo(() => runs.map(({ store }) => store), [runs])
  const version = useVersion(stores, seen)
  const lines = linesOf(runs, keys)
  const drawn = useKept(lines)
  return (
    <Suspense fallback={<Skeleton height={236} radius={12} />}>
      <LazyChart
        name={name}
        metric={keys[0] ?? name}
        lines={drawn}
        look={look}
        group={runs.map(({ id }) => id).join()}
        version={version}
        onZoom={onZoom}
        onSeen={setSeen}
      />
    </Suspense>
  )
}

/** The same list while it names the same series, so that a chart is told of new points by its version alone. */
function useKept(lines: Line[]): Line[] {
  const [kept, setKept] = useState(lines)
  const same =
    kept.length === lines.length &&
    kept.every((line, index) => line.id === lines[index]?.id && line.series === lines[index].series)
  if (same) return kept
  setKept(lines)
  return lines
}

function Grid({ count, children }: { count: number; children: ReactNode }) {
  return (
    <div className={css.gridFrame}>
      <div className={css.grid} data-count={count}>
        {children}
      </div>
    </div>
  )
}

/** The charts a first look needs. */
const brief = ['reward', 'kl', 'length', 'loss', 'time'] as const

export const BriefCharts = memo(function BriefCharts({ keys, ...shared }: Shared & { keys: readonly string[] }) {
  const { t } = useTranslation()
  const found = chooseCharts(keys).groups.flatMap((group) => group.charts)
  const charts = brief.flatMap((id) => found.find((chart) => chart.id === id) ?? [])
  return (
    <Grid count={charts.length}>
      {charts.map(({ id, keys: lines }) => (
        <OneChart key={id} {...shared} name={t(`charts.${id}`)} keys={lines.slice(0, 1)} />
      ))}
    </Grid>
  )
})

/** Each chart hears of new points by itself. */
export const ChartGroups = memo(function ChartGroups({ keys, ...shared }: Shared & { keys: readonly string[] }) {
  const { t } = useTranslation()
  const { groups, others } = useMemo(() => chooseCharts(keys), [keys])
  return (
    <>
      {groups.map(({ id, charts }) => (
        <section key={id} className={css.group} aria-labelledby={`charts-${id}`}>
          <h3 id={`charts-${id}`}>{t(`charts.groups.${id}`)}</h3>
          <Grid count={charts.length}>
            {charts.map((chart: ChartChoice) => (
              <OneChart key={chart.id} {...shared} name={t(`charts.${chart.id}`)} keys={chart.keys} />
            ))}
          </Grid>
        </section>
      ))}
      <More {...shared} keys={others} />
    </>
  )
})

/** Everything else the trainer reports: verl alone has about eighty names, so each is drawn only when asked for. */
function More({ keys, ...shared }: Shared & { keys: readonly string[] }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const [sought, setSought] = useState('')
  const [added, setAdded] = useState<readonly string[]>([])
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
        <Grid count={added.length}>
          {added.map((key) => (
            <OneChart key={key} {...shared} name={key} keys={[key]} />
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
