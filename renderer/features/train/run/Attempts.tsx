import type { AttemptView } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { Panel } from '../../../ui/Page'
import train from '../train.module.css'

/** Every start of the trainer, when there was more than one. */
export function Attempts({ attempts }: { attempts: AttemptView[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (attempts.length < 2) return null
  const ended = ({ endedAt, exit }: AttemptView) => {
    if (endedAt === null) return t('runs.attempts.running')
    const how =
      exit?.signal != null
        ? [t('runs.attempts.signal', { signal: exit.signal })]
        : exit?.code != null
          ? [t('runs.attempts.code', { code: exit.code })]
          : []
    return [format.time(endedAt), ...how].join(' · ')
  }
  return (
    <Panel flush title={t('runs.attempts.title')} className={train.listPanel}>
      <table className={train.table}>
        <thead>
          <tr>
            <th scope="col">{t('runs.attempts.number')}</th>
            <th scope="col">{t('runs.started')}</th>
            <th scope="col">{t('runs.attempts.from')}</th>
            <th scope="col">{t('runs.attempts.ended')}</th>
          </tr>
        </thead>
        <tbody>
          {attempts.map((attempt) => (
            <tr key={attempt.number}>
              <td>{attempt.number}</td>
              <td>{format.time(attempt.startedAt)}</td>
              <td>
                {attempt.resumedFrom === null
                  ? t('runs.attempts.beginning')
                  : t('runs.attempts.step', { step: format.count(attempt.resumedFrom) })}
              </td>
              <td>{ended(attempt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  )
}
