import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import css from './samples.module.css'

/** A reward as a pill; what is above nothing is good, whatever the scale. */
export function Score({ score }: { score: number | null }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (score === null) return <span className={css.score}>{t('runs.samples.noScore')}</span>
  return (
    <span className={css.score} data-good={score > 0 || undefined}>
      <span className="hidden-visually">{t('runs.samples.score')} </span>
      {format.value(score)}
    </span>
  )
}
