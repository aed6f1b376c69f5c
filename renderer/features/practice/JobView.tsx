import { Button, SegmentedControl } from '@mantine/core'
import { IconPlayerPlayFilled, IconPlayerStopFilled } from '@tabler/icons-react'
import type { ErrorCode, JobView as Job } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { RunCharts } from '../../charts/RunCharts'
import { useFormat } from '../../i18n'
import { useNow } from '../../stores/clock'
import { useCommand } from '../../stores/command'
import { useGuide } from '../../stores/guide'
import { useRun } from '../../stores/projection'
import { hrefOf } from '../../stores/route'
import { Log } from '../../terminal/Log'
import { ErrorNotice, Notice } from '../../ui/Notice'
import { Panel } from '../../ui/Page'
import { isLive } from '../../stores/live'
import { useStartPractice } from './StartForm'
import { StepList } from './StepList'
import css from './practice.module.css'

/** Failures that a proxy or a mirror may cure. */
const networkCodes: ReadonlySet<ErrorCode> = new Set([
  'NETWORK_UNREACHABLE',
  'TLS_INTERCEPTED',
  'PROXY_REFUSED',
  'CA_FILE_BAD',
  'FILE_NOT_OFFERED',
  'PACKAGES_UNRESOLVED',
  'DIGEST_MISMATCH',
])

const finished = (job: Job) => job.steps.filter(({ status }) => status === 'done' || status === 'kept').length

function Headline({ job }: { job: Job }) {
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
      <h2>{t(`practice.status.${job.status}`)}</h2>
      <p>{parts.join(' · ')}</p>
    </div>
  )
}

function CancelButton({ job }: { job: Job }) {
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
      <RunCharts id={run.id} live={isLive(run.status)} />
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
      <div className={css.job}>
        <Panel flush className={css.stepsPanel}>
          <div className={css.jobHead}>
            <Headline job={job} />
            {job.status === 'running' && <CancelButton job={job} />}
          </div>
          <StepList steps={job.steps} label={t('practice.stepList')} />
        </Panel>
        <div className={css.watched}>
          <Watched job={job} />
        </div>
      </div>
    </>
  )
}
