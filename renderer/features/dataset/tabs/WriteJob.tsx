import { Button } from '@mantine/core'
import { IconPlayerPlayFilled } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../../../stores/command'
import { requestId } from '../../../stores/request-id'
import { ErrorNotice, Notice } from '../../../ui/Notice'
import { JobFrame } from '../../job/JobFrame'
import type { ConvertJob } from './convert-job'

/** The writing, step by step; one that was cut short goes on from what is there. */
export function WriteJob({ job }: { job: ConvertJob }) {
  const { t } = useTranslation()
  const { kind: _kind, ...asked } = job.asked
  const again = useCommand((core) => core.dataset.convert({ ...asked, requestId: requestId() }))
  const ended = job.status !== 'running'
  const go = (
    <Button
      loading={again.busy}
      leftSection={<IconPlayerPlayFilled size={15} aria-hidden />}
      onClick={() => void again.run()}
    >
      {t('data.work.write.goOn')}
    </Button>
  )
  return (
    <JobFrame
      job={job}
      title={t('data.work.write.job', { name: job.asked.name })}
      stepsLabel={t('data.work.write.steps')}
    >
      {ended && job.error !== null && <ErrorNotice error={job.error} actions={go} />}
      {ended && job.error === null && (
        <Notice tone="plain" title={t('data.work.write.cut')} actions={go}>
          {t('data.work.write.cutText')}
        </Notice>
      )}
      {!ended && <Notice tone="plain">{t('data.work.write.meanwhile')}</Notice>}
      <ErrorNotice error={again.error} />
    </JobFrame>
  )
}
