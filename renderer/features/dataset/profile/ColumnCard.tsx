import type { ColumnProfile } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { Histogram } from './Histogram'
import css from './profile.module.css'

/** One column: what it holds, how much of it is missing, how long or large it is, and what is in it most often. */
export function ColumnCard({ column, rows }: { column: ColumnProfile; rows: number }) {
  const { t } = useTranslation()
  const { name, type, kind, measure, histogram } = column
  return (
    <article className={css.card} aria-label={name}>
      <header className={css.cardHead}>
        <h2>{name}</h2>
        <span className={css.kind}>{t(`data.look.kind.${kind}`)}</span>
        <code className={css.type} title={type}>
          {type}
        </code>
      </header>
      <Filled column={column} rows={rows} />
      {histogram !== null && measure !== null && <Histogram histogram={histogram} label={name} measure={measure} />}
      <Quantiles column={column} />
      <Range column={column} />
      <Top column={column} rows={rows} />
    </article>
  )
}

/** How much of the column is there: a bar, and the numbers as words. */
function Filled({ column: { nulls, distinct }, rows }: { column: ColumnProfile; rows: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const share = rows === 0 ? 0 : nulls / rows
  const percent = (value: number) => format.value(value * 100)
  return (
    <div className={css.filled}>
      <div className={css.bar} data-holes={nulls > 0 || undefined} aria-hidden>
        <i style={{ width: `${(1 - share) * 100}%` }} />
      </div>
      <p>
        <span data-bad={nulls > 0 || undefined}>
          {nulls === 0
            ? t('data.look.profile.noNulls')
            : t('data.look.profile.someNulls', { count: nulls, rows: format.count(nulls), percent: percent(share) })}
        </span>
        {distinct !== null && (
          <span>
            {distinct === rows && rows > 0
              ? t('data.look.profile.unique')
              : t('data.look.profile.distinct', { count: distinct, values: format.compact(distinct) })}
          </span>
        )}
      </p>
    </div>
  )
}

const points = ['p0', 'p25', 'p50', 'p75', 'p95', 'p100'] as const

function Quantiles({ column: { quantiles, measure } }: { column: ColumnProfile }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (quantiles === null || measure === null) return null
  if (quantiles.p0 === quantiles.p100) {
    const of = t(`data.look.profile.measure.${measure}`)
    return <p className={css.always}>{t('data.look.profile.always', { of, value: format.value(quantiles.p0) })}</p>
  }
  return (
    <table className={css.quantiles}>
      <caption>{t(`data.look.profile.measure.${measure}`)}</caption>
      <thead>
        <tr>
          {points.map((point) => (
            <th key={point} scope="col">
              {t(`data.look.profile.quantile.${point}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        <tr>
          {points.map((point) => (
            <td key={point}>{format.value(quantiles[point])}</td>
          ))}
        </tr>
      </tbody>
    </table>
  )
}

/** The quantiles of a number say this already. */
function Range({ column: { min, max, measure } }: { column: ColumnProfile }) {
  const { t } = useTranslation()
  if (min === null || max === null || measure === 'value') return null
  return (
    <dl className={css.range}>
      <dt>{t('data.look.profile.min')}</dt>
      <dd title={min}>{min}</dd>
      <dt>{t('data.look.profile.max')}</dt>
      <dd title={max}>{max}</dd>
    </dl>
  )
}

const TOP = 5

function Top({ column: { top, distinct }, rows }: { column: ColumnProfile; rows: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  // Every value once: which one comes first says nothing.
  if (top.length === 0 || (distinct !== null && distinct === rows && rows > 1)) return null
  const most = top[0]?.count ?? 1
  return (
    <figure className={css.top}>
      <figcaption>{t('data.look.profile.top')}</figcaption>
      <ol>
        {top.slice(0, TOP).map(({ value, count }, index) => (
          <li key={index}>
            <div>
              <i style={{ width: `${(count / most) * 100}%` }} aria-hidden />
              <span title={value}>{value === '' ? t('data.look.grid.empty') : value}</span>
            </div>
            <b>{format.count(count)}</b>
          </li>
        ))}
      </ol>
    </figure>
  )
}
