import type { DataRef, Scored } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { useFindingText } from '../../../ui/Findings'
import { RowLink } from './RowLink'
import reward from './reward.module.css'
import css from './work.module.css'

interface ScoredTableProps {
  label: string
  scored: Scored[]
  data: DataRef
  /** The completions themselves, in the same order. */
  texts?: string[]
}

/** Each score with what the rule compared, and why it is not right. */
export function ScoredTable({ label, scored, data, texts }: ScoredTableProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const text = useFindingText()
  return (
    <div className={`${css.tableScroll} ${reward.frame}`} tabIndex={0} role="region" aria-label={label}>
      <table className={css.table}>
        <caption className="hidden-visually">{label}</caption>
        <thead>
          <tr>
            <th scope="col">{t(texts === undefined ? 'data.work.reward.row' : 'data.work.reward.completion')}</th>
            <th scope="col">{t('data.work.reward.score')}</th>
            <th scope="col">{t('data.work.reward.truth')}</th>
            <th scope="col">{t('data.work.reward.foundText')}</th>
            <th scope="col">{t('data.work.reward.why')}</th>
          </tr>
        </thead>
        <tbody>
          {scored.map(({ index, score, truth, found, reason }, at) => (
            <tr key={at}>
              <td className={texts === undefined ? css.number : reward.text}>
                {texts === undefined ? <RowLink data={data} index={index} /> : (texts[at] ?? '')}
              </td>
              <td className={css.number} data-right={reason === null}>
                <b className={reward.score} data-right={reason === null || undefined}>
                  {score === null ? '–' : format.value(score)}
                </b>
              </td>
              <td>
                <code>{truth}</code>
              </td>
              <td>{found === null ? <em>{t('data.work.reward.foundNothing')}</em> : <code>{found}</code>}</td>
              <td>{reason === null ? t('data.work.reward.right') : text(reason)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
