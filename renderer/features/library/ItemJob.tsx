import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { useCore } from '../../stores/projection'
import { ErrorNotice } from '../../ui/Notice'
import { Meter } from '../../ui/parts'
import css from './library.module.css'

/** Reading it again, or letting it answer: how that goes. */
export function ItemJob({ itemKey }: { itemKey: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const job = useCore(({ jobs }) =>
    Object.values(jobs)
      .filter(({ asked }) => (asked.kind === 'verify' || asked.kind === 'say') && asked.key === itemKey)
      .sort((a, b) => b.startedAt - a.startedAt)
      .at(0),
  )
  if (job === undefined) return null
  if (job.status === 'failed') return <ErrorNotice error={job.error} />
  if (job.status !== 'running') return null
  const progress = job.steps.find(({ status }) => status === 'running')?.progress ?? null
  const share = progress?.total == null ? null : progress.done / progress.total
  const label = t(job.asked.kind === 'verify' ? 'library.verifying' : 'library.saying')
  return (
    <div className={css.itemJob}>
      <p className={css.numbers}>
        {label}
        {progress?.unit === 'bytes' && progress.total !== null && (
          <span className="num">
            {t('library.downloads.bytes', { done: format.bytes(progress.done), total: format.bytes(progress.total) })}
          </span>
        )}
      </p>
      <Meter label={label} share={share} />
    </div>
  )
}
