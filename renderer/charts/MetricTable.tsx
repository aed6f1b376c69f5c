import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n'
import { chooseCharts } from './groups'
import type { MetricStore } from './metric-store'
import css from './charts.module.css'

/** The newest rows are what a reader of a live run wants; a table of every step would be too heavy to scroll. */
const MOST_ROWS = 500

/** The charts as numbers, the first metric of each: for screen readers, and for everyone who wants to copy them. */
export function MetricTable({ store }: { store: MetricStore }) {
  const { t } = useTranslation()
  const format = useFormat()
  const columns = chooseCharts(store.keys())
    .groups.flatMap(({ charts }) => charts)
    .map(({ id, keys }) => ({ id, series: store.series(keys[0] ?? '') }))
  const rows = new Map<number, Map<string, number>>()
  for (const { id, series } of columns) {
    if (series === undefined) continue
    const values = series.values()
    series.steps().forEach((step, index) => {
      if (index < series.length - MOST_ROWS) return
      const row = rows.get(step) ?? new Map<string, number>()
      row.set(id, values[index] ?? Number.NaN)
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
            {columns.map(({ id }) => (
              <th scope="col" key={id}>
                {t(`charts.${id}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {steps.map((step) => (
            <tr key={step}>
              <th scope="row">{step}</th>
              {columns.map(({ id }) => {
                const value = rows.get(step)?.get(id)
                return <td key={id}>{value === undefined ? '–' : format.value(value)}</td>
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
