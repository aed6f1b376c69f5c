import type { RewardReport } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { percentOf } from './lengths'
import reward from './reward.module.css'

/** Beyond this many different scores the rarest say little; a function may give any number. */
const SHOWN = 12

/** How many rows got which score, as bars with their numbers. */
export function Scores({ scores, rows }: Pick<RewardReport, 'scores' | 'rows'>) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <ol className={reward.scores} aria-label={t('data.work.reward.distribution')}>
      {scores.slice(0, SHOWN).map(([score, count]) => {
        const share = rows === 0 ? 0 : count / rows
        return (
          <li key={score}>
            <b>{format.value(score)}</b>
            <span className={reward.bar} aria-hidden>
              <i data-zero={score <= 0 || undefined} style={{ width: `${share * 100}%` }} />
            </span>
            <span className="num">
              {t('data.work.reward.share', {
                count,
                rows: format.count(count),
                percent: format.value(percentOf(count, rows)),
              })}
            </span>
          </li>
        )
      })}
      {scores.length > SHOWN && <li>{t('data.work.reward.moreScores', { count: scores.length - SHOWN })}</li>}
    </ol>
  )
}
