import type { DataRef } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { showRow } from '../target'
import css from './work.module.css'

/** Goes to a row, by its index; people count from 1. */
export function RowLink({ data, index }: { data: DataRef; index: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <button
      type="button"
      className={css.link}
      aria-label={t('data.work.goToRow', { row: format.count(index) })}
      onClick={() => showRow(data, index)}
    >
      {format.count(index)}
    </button>
  )
}
