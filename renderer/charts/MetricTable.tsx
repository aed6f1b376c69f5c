import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n'
import { charted, keyFor, type AllSeries } from './series'
import css from './charts.module.css'

/** The newest rows are what a reader of a live run wants; a table of every step would be too heavy to scroll. */
const MOST_ROWS = 500

/** The charts as numbers: for screen readers, and for everyone who wants to copy them. */
export function MetricTable({ series }: { series: AllSeries }) {
  const { t } = useTranslation()
  const format = useFormat()
  const columns = charted.map((chart) => ({ chart, data: series.get(keyFor(chart, series)) }))
  const rows = new Map<number, Map<string, number>>()
  for (const { chart, data } of columns) {
    data?.steps.slice(-MOST_ROWS).forEach((step, index, all) => {
      const row = rows.get(step) ?? new Map<string, number>()
      row.set(chart, data.values[data.values.length - all.length + index] ?? Number.NaN)
      rows.set(step, row)
    })
  }
  const steps = [...rows.keys()].sort((a, b) => b - a).slice(0, MOST_ROWS)
  return (
    <div className={css.tableWrap} tabIndex={0} role="region" aria-label={t('charts.asTable')}>
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">{t('charts.step')}</th>
            {columns.map(({ chart }) => (
              <th scope="col" key={chart}>
                {t(`charts.${chart}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {steps.map((step) => (
            <tr key={step}>
              <th scope="row">{step}</th>
              {columns.map(({ chart }) => {
                const value = rows.get(step)?.get(chart)
                return <td key={chart}>{value === undefined ? '–' : format.value(value)}</td>
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
