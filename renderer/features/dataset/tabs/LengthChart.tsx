import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { binsOf, longest, quantile, type Lengths } from './lengths'
import tokens from './tokens.module.css'

interface LengthChartProps {
  lengths: Lengths
  limit: number
  /** Where the scale ends, as the slider's below does. */
  end: number
}

const HIGH = 100
const MOST_BINS = 72

/** Bars of how many prompts have how many tokens; what lies beyond the limit is marked as lost. */
export function LengthChart({ lengths, limit, end }: LengthChartProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const at = (value: number) => `${Math.min(100, (value / end) * 100)}%`
  const label = t('data.work.tokens.chart', {
    p50: format.count(quantile(lengths, 0.5)),
    p95: format.count(quantile(lengths, 0.95)),
    max: format.count(longest(lengths)),
  })
  return (
    <figure className={tokens.chart}>
      <svg viewBox={`0 0 ${end} ${HIGH}`} preserveAspectRatio="none" role="img" aria-label={label}>
        <Bars lengths={lengths} />
        <rect className={tokens.veil} x={limit} y={0} width={Math.max(0, end - limit)} height={HIGH} />
      </svg>
      <i className={tokens.limit} style={{ left: at(limit) }} aria-hidden />
      <figcaption>
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <span key={share}>{format.count(Math.round(end * share))}</span>
        ))}
      </figcaption>
    </figure>
  )
}

const Bars = memo(function Bars({ lengths }: { lengths: Lengths }) {
  const format = useFormat()
  const bins = binsOf(lengths, MOST_BINS)
  const most = Math.max(1, ...bins.map(({ rows }) => rows))
  return bins.map(({ from, to, rows }) => {
    const high = rows === 0 ? 0 : Math.max(1.5, (rows / most) * (HIGH - 4))
    const wide = to - from + 1
    return (
      <rect key={from} className={tokens.bar} x={from + wide * 0.06} y={HIGH - high} width={wide * 0.88} height={high}>
        <title>{`${format.count(from)} – ${format.count(to)}: ${format.count(rows)}`}</title>
      </rect>
    )
  })
})
