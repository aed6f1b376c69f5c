import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useScheme } from '../app/theme'
import { useFormat } from '../i18n'
import { createPlot, type Plot } from './plot'
import type { Series } from './series'
import css from './charts.module.css'

export interface ChartProps {
  /** Shown as the heading; the metric's own name stands beside it. */
  name: string
  metric: string
  series: Series | undefined
  /** Said instead of an empty frame. */
  absent: string
}

interface Point {
  step: number
  value: number
}

function useSummary(name: string, series: Series | undefined): string {
  const { t } = useTranslation()
  const format = useFormat()
  if (series === undefined || series.values.length === 0) return t('charts.summaryEmpty', { name })
  let min = Number.POSITIVE_INFINITY
  let max = Number.NEGATIVE_INFINITY
  for (const value of series.values) {
    min = Math.min(min, value)
    max = Math.max(max, value)
  }
  return t('charts.summary', {
    name,
    count: series.values.length,
    min: format.value(min),
    max: format.value(max),
    last: format.value(series.values.at(-1) ?? 0),
  })
}

export default function Chart({ name, metric, series, absent }: ChartProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const [hovered, setHovered] = useState<Point | null>(null)
  const summary = useSummary(name, series)
  const last = series?.values.at(-1)
  const shown = hovered ?? (last === undefined ? null : { step: series?.steps.at(-1) ?? 0, value: last })
  return (
    <figure className={css.chart} data-testid={`chart-${metric}`} data-points={series?.values.length ?? 0}>
      <figcaption className={css.head}>
        <div className={css.names}>
          <h3>{name}</h3>
          {name !== metric && <code>{metric}</code>}
        </div>
        {shown !== null && (
          <p className={css.value}>
            <strong>{format.value(shown.value)}</strong>
            <span>{t('charts.atStep', { step: shown.step })}</span>
          </p>
        )}
      </figcaption>
      {series === undefined ? (
        <p className={css.absent}>{absent}</p>
      ) : (
        <Canvas series={series} summary={summary} onHover={setHovered} />
      )}
    </figure>
  )
}

function Canvas({ series, summary, onHover }: { series: Series; summary: string; onHover(point: Point | null): void }) {
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<Plot | null>(null)
  const scheme = useScheme()
  const format = useFormat()
  useEffect(() => {
    if (host.current === null) return
    const made = createPlot(host.current, { value: format.value }, onHover)
    plot.current = made
    return () => {
      made.dispose()
      plot.current = null
    }
  }, [format, onHover])
  useEffect(() => plot.current?.show(series), [series, format])
  // The colours come from CSS variables, which have changed by the time effects run in the next frame.
  useEffect(() => {
    const next = requestAnimationFrame(() => plot.current?.paint())
    return () => cancelAnimationFrame(next)
  }, [scheme])
  return <div className={css.canvas} ref={host} role="img" aria-label={summary} />
}
