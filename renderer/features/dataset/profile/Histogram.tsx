import type { ColumnProfile } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import css from './profile.module.css'

interface HistogramProps {
  histogram: NonNullable<ColumnProfile['histogram']>
  measure: NonNullable<ColumnProfile['measure']>
  label: string
}

const HIGH = 56

/** Bars of equal width; each says its numbers when pointed at. A bar that is not empty is never invisible. */
export function Histogram({ histogram: { from, to, counts }, measure, label }: HistogramProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const most = Math.max(1, ...counts)
  const wide = (to - from) / Math.max(1, counts.length)
  const edge = (at: number) => format.value(from + at * wide)
  return (
    <figure className={css.histogram}>
      <svg
        viewBox={`0 0 ${counts.length * 10} ${HIGH}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t('data.look.profile.histogram', {
          name: label,
          measure: t(`data.look.profile.measure.${measure}`),
          from: format.value(from),
          to: format.value(to),
        })}
      >
        {counts.map((count, at) => {
          const high = count === 0 ? 0 : Math.max(1.5, (count / most) * HIGH)
          return (
            <g key={at}>
              <title>{`${edge(at)} – ${edge(at + 1)}: ${format.count(count)}`}</title>
              <rect className={css.back} x={at * 10} y={0} width={10} height={HIGH} />
              <rect className={css.front} x={at * 10 + 0.75} y={HIGH - high} width={8.5} height={high} />
            </g>
          )
        })}
      </svg>
      <figcaption>
        <span>{format.value(from)}</span>
        <span>{format.value(to)}</span>
      </figcaption>
    </figure>
  )
}
