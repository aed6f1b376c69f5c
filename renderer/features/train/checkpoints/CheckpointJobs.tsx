import { Button } from '@mantine/core'
import type { JobView } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { useCommand } from '../../../stores/command'
import { requestId } from '../../../stores/request-id'
import { ErrorNotice, Notice } from '../../../ui/Notice'
import { PathText } from '../../../ui/parts'
import { JobFrame } from '../../job/JobFrame'

type Asked = Extract<JobView['asked'], { kind: 'merge' | 'export' }>
export type CheckpointJob = JobView & { asked: Asked }

const isOurs = (job: JobView, run: string): job is CheckpointJob =>
  (job.asked.kind === 'merge' || job.asked.kind === 'export') && job.asked.run === run

/** Those that run, and the newest one that ended: what became of it is to be seen. */
export function jobsOf(all: Record<string, JobView>, run: string): CheckpointJob[] {
  const sorted = Object.values(all)
    .filter((job) => isOurs(job, run))
    .sort((a, b) => b.startedAt - a.startedAt)
  return sorted.filter((job, index) => job.status === 'running' || index === 0)
}

export function CheckpointJobs({ jobs }: { jobs: CheckpointJob[] }) {
  return jobs.map((job) => <One key={job.id} job={job} />)
}

function One({ job }: { job: CheckpointJob }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { asked, status, error } = job
  const title = t(`runs.checkpoints.jobs.${asked.kind}`, { step: format.count(asked.step) })
  const again = useCommand((core) => {
    const same = { requestId: requestId(), id: asked.run, step: asked.step }
    return asked.kind === 'merge' ? core.runs.merge(same) : core.runs.export({ ...same, folder: asked.folder })
  })
  const retry = (
    <Button size="xs" variant="default" loading={again.busy} onClick={() => void again.run()}>
      {t('runs.checkpoints.jobs.again')}
    </Button>
  )
  return (
    <JobFrame job={job} title={title} stepsLabel={t('runs.checkpoints.jobs.steps')}>
      {status === 'running' && <Notice tone="plain">{t('runs.checkpoints.jobs.meanwhile')}</Notice>}
      {status === 'done' && (
        <Notice tone="ok" title={t('runs.checkpoints.jobs.done')}>
          {asked.kind === 'export' && <PathText path={asked.folder} />}
        </Notice>
      )}
      {status !== 'running' && status !== 'done' && error === null && (
        <Notice tone="plain" title={t('runs.checkpoints.jobs.cancelled')} actions={retry} />
      )}
      <ErrorNotice error={error} actions={retry} />
      <ErrorNotice error={again.error} />
    </JobFrame>
  )
}
