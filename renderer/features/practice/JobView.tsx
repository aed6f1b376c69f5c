import { Button, SegmentedControl } from '@mantine/core'
import { IconPlayerPlayFilled } from '@tabler/icons-react'
import type { JobView as Job } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { RunCharts } from '../../charts/RunCharts'
import { useGuide } from '../../stores/guide'
import { useRun } from '../../stores/projection'
import { hrefOf } from '../../stores/route'
import { Log } from '../../terminal/Log'
import { ErrorNotice, Notice } from '../../ui/Notice'
import { isLive } from '../../stores/live'
import { JobFrame } from '../job/JobFrame'
import { networkCodes } from '../job/network-codes'
import { useStartPractice } from './StartForm'
import css from './practice.module.css'

/** The settings are a page of the app; the guide, when it is open, stays where it is for later. */
const leaveGuide = () => useGuide.getState().setPutOff(true)

/** After a stop: the reason, and the one thing to press. */
function Ended({ job, onAgain }: { job: Job; onAgain(): void }) {
  const { t } = useTranslation()
  const start = useStartPractice()
  const { asked } = job
  if (job.status === 'running' || job.status === 'done') return null
  const buttons = (
    <>
      <Button
        size="compact-sm"
        loading={start.busy}
        leftSection={<IconPlayerPlayFilled size={14} aria-hidden />}
        data-testid="practice-continue"
        onClick={() => asked.kind === 'practice' && void start.run(asked)}
      >
        {t('practice.resume')}
      </Button>
      <Button size="compact-sm" variant="default" onClick={onAgain}>
        {t('practice.options')}
      </Button>
      {job.error !== null && networkCodes.has(job.error.code) && (
        <Button size="compact-sm" variant="default" component="a" href={hrefOf('settings')} onClick={leaveGuide}>
          {t('practice.networkSettings')}
        </Button>
      )}
    </>
  )
  return (
    <>
      {job.status === 'failed' && job.error !== null ? (
        <ErrorNotice error={job.error} title={t('practice.status.failed')} actions={buttons} />
      ) : (
        <Notice tone="warn" title={t(`practice.status.${job.status}`)} actions={buttons}>
          {job.status === 'interrupted' ? t('practice.interrupted') : t('errors.CANCELLED')}
        </Notice>
      )}
      <ErrorNotice error={start.error} />
    </>
  )
}

function Watched({ job }: { job: Job }) {
  const { t } = useTranslation()
  const run = useRun(job.run ?? '')
  const [log, setLog] = useState('runs')
  if (run === undefined) return <Log kind="jobs" id={job.id} title={t('practice.jobLog')} fill />
  return (
    <>
      <RunCharts brief id={run.id} live={isLive(run.status)} />
      <div className={css.logs}>
        <SegmentedControl
          size="xs"
          aria-label={t('practice.whichLog')}
          value={log}
          onChange={setLog}
          data={[
            { value: 'runs', label: t('practice.runLog') },
            { value: 'jobs', label: t('practice.jobLog') },
          ]}
        />
        {log === 'jobs' ? (
          <Log kind="jobs" id={job.id} title={t('practice.jobLog')} />
        ) : (
          <Log kind="runs" id={run.id} title={t('practice.runLog')} />
        )}
      </div>
    </>
  )
}

export function JobView({ job, onAgain }: { job: Job; onAgain(): void }) {
  const { t } = useTranslation()
  return (
    <>
      <Ended job={job} onAgain={onAgain} />
      <JobFrame job={job} title={t(`practice.status.${job.status}`)} stepsLabel={t('practice.stepList')}>
        <Watched job={job} />
      </JobFrame>
    </>
  )
}
