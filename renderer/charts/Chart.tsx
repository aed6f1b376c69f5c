import { ActionIcon } from '@mantine/core'
import { IconPhotoDown } from '@tabler/icons-react'
import { memo, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useScheme } from '../app/theme'
import { useFormat } from '../i18n'
import { saveBlob } from '../ui/save'
import { chartPng } from './export'
import { valueAt, type Line, type Look } from './lines'
import { createPlot, type Plot } from './plot'
import { lastOf, summaryOf } from './series'
import css from './charts.module.css'

export interface ChartProps {
  /** Shown as the heading; the metric's own name stands beside it. */
  name: string
  metric: string
  lines: readonly Line[]
  look: Look
  /** Charts of one group share the cursor. */
  group: string
  /** Changes when the lines did. */
  version: number
  onZoom(range: Look['range']): void
  /** It came into sight or left it. Out of sight nothing is drawn, and news may come seldom. */
  onSeen(seen: boolean): void
}

const colourOf = (index: number) => `var(--chart-${(index % 6) + 1})`

export default function Chart(props: ChartProps) {
  const { name, metric, lines } = props
  const { t } = useTranslation()
  const format = useFormat()
  const [hovered, setHovered] = useState<number | null>(null)
  const drawn = useRef<Plot | null>(null)
  const onPlot = useCallback((plot: Plot | null) => void (drawn.current = plot), [])
  const first = lines[0]
  const last = lastOf(first?.series)
  const step = hovered ?? last?.step ?? null
  const value = step === null || first === undefined ? null : valueAt(first, step)
  const exportPicture = async () => {
    if (drawn.current === null) return
    const style = getComputedStyle(document.documentElement)
    const legend = lines.map((line) => ({
      name: line.name,
      colour: style.getPropertyValue(`--chart-${(line.colour % 6) + 1}`),
    }))
    saveBlob(`${metric.replaceAll(/[^\w.-]+/g, '_')}.png`, await chartPng(drawn.current.canvas(), name, legend))
  }
  return (
    <figure className={css.chart} data-testid={`chart-${metric}`} data-points={first?.series.length ?? 0}>
      <figcaption className={css.head} data-many={lines.length > 1 || undefined}>
        <div className={css.names}>
          <h3>{name}</h3>
          {lines.length === 1 && name !== metric && <code>{metric}</code>}
        </div>
        <div className={css.side}>
          {lines.length === 1 && value !== null && (
            <p className={css.value}>
              <strong>{format.value(value)}</strong>
              <span>{t('charts.atStep', { step })}</span>
            </p>
          )}
          {lines.length > 1 && step !== null && (
            <p className={css.value}>
              <span>{t('charts.atStep', { step })}</span>
            </p>
          )}
          <ActionIcon
            className={css.picture}
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={t('charts.picture', { name })}
            title={t('charts.picture', { name })}
            onClick={() => void exportPicture()}
          >
            <IconPhotoDown size={15} stroke={1.8} aria-hidden />
          </ActionIcon>
        </div>
      </figcaption>
      {lines.length > 1 && <Legend lines={lines} step={step} />}
      <Canvas {...props} onPlot={onPlot} onHover={setHovered} />
    </figure>
  )
}

function Legend({ lines, step }: { lines: readonly Line[]; step: number | null }) {
  const format = useFormat()
  return (
    <ul className={css.legend}>
      {lines.map((line) => {
        const value = step === null ? null : valueAt(line, step)
        return (
          <li key={line.id}>
            <i style={{ background: colourOf(line.colour) }} aria-hidden />
            {line.name}
            {value !== null && <b>{format.value(value)}</b>}
          </li>
        )
      })}
    </ul>
  )
}

interface CanvasProps extends ChartProps {
  onPlot(plot: Plot | null): void
  onHover(step: number | null): void
}

/** Not drawn again for the cursor, of which a plot knows by itself. */
const Canvas = memo(function Canvas({
  name,
  lines,
  look,
  group,
  version,
  onZoom,
  onSeen,
  onPlot,
  onHover,
}: CanvasProps) {
  const plot = useRef<Plot | null>(null)
  const host = useRef<HTMLDivElement>(null)
  const scheme = useScheme()
  const format = useFormat()
  const { t } = useTranslation()
  const [seen, setSeen] = useState(false)
  useEffect(() => {
    if (host.current === null) return
    const made = createPlot(host.current, { group, value: format.value, onHover, onZoom })
    plot.current = made
    onPlot(made)
    // Charts that are scrolled away are not drawn: a training shows two dozen of them.
    const look = ([entry]: IntersectionObserverEntry[]) => {
      setSeen(entry?.isIntersecting === true)
      onSeen(entry?.isIntersecting === true)
    }
    const watch = new IntersectionObserver(look, { rootMargin: '200px' })
    watch.observe(host.current)
    return () => {
      watch.disconnect()
      made.dispose()
      plot.current = null
      onPlot(null)
    }
  }, [format, group, onHover, onZoom, onSeen, onPlot])
  useEffect(() => {
    if (seen) plot.current?.show(lines, look)
  }, [seen, lines, look, version, format])
  // The colours come from CSS variables, which have changed by the time effects run in the next frame.
  useEffect(() => {
    const next = requestAnimationFrame(() => plot.current?.paint())
    return () => cancelAnimationFrame(next)
  }, [scheme])
  const summary = useMemo(() => {
    const said = lines.map((line) => {
      const { min, max, last } = summaryOf(line.series)
      return t('charts.summary', {
        name: lines.length === 1 ? name : `${name}, ${line.name}`,
        count: line.series.length,
        min: format.value(min),
        max: format.value(max),
        last: format.value(last),
      })
    })
    return said.join('; ')
    // The series change in place; the version tells.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [lines, name, format, t, version])
  return <div className={css.canvas} ref={host} role="img" aria-label={summary} />
})
