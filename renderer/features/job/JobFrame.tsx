import { Button } from '@mantine/core'
import { IconPlayerStopFilled } from '@tabler/icons-react'
import type { JobView } from '#contract'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { useNow } from '../../stores/clock'
import { useCommand } from '../../stores/command'
import { Panel } from '../../ui/Page'
import { StepList } from './StepList'
import css from './job.module.css'

const finished = (job: JobView) => job.steps.filter(({ status }) => status === 'done' || status === 'kept').length

function Headline({ job, title }: { job: JobView; title: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const running = job.status === 'running'
  const now = useNow(running)
  const duration = format.duration((job.endedAt ?? now) - job.startedAt)
  const parts = [
    t('practice.doneCount', { done: finished(job), total: job.steps.length }),
    t(running ? 'practice.elapsed' : 'practice.took', { duration }),
  ]
  if (running) parts.push(t('practice.closeNote'))
  return (
    <div className={css.headline}>
      <h2>{title}</h2>
      <p>{parts.join(' · ')}</p>
    </div>
  )
}

function CancelButton({ job }: { job: JobView }) {
  const { t } = useTranslation()
  const cancel = useCommand((core) => core.jobs.cancel({ id: job.id }))
  return (
    <Button
      variant="default"
      loading={cancel.busy}
      leftSection={<IconPlayerStopFilled size={15} aria-hidden />}
      onClick={() => void cancel.run()}
    >
      {t('practice.cancel')}
    </Button>
  )
}

interface JobFrameProps {
  job: JobView
  title: string
  stepsLabel: string
  /** What is watched beside the steps: a log, charts. */
  children: ReactNode
}

/** A job of any kind: its steps with the way to stop it, and what is watched meanwhile. */
export function JobFrame({ job, title, stepsLabel, children }: JobFrameProps) {
  return (
    <div className={css.job}>
      <Panel flush className={css.stepsPanel}>
        <div className={css.jobHead}>
          <Headline job={job} title={title} />
          {job.status === 'running' && <CancelButton job={job} />}
        </div>
        <StepList steps={job.steps} label={stepsLabel} />
      </Panel>
      <div className={css.watched}>{children}</div>
    </div>
  )
}
