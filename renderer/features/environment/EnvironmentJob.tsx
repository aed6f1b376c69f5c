import { Button } from '@mantine/core'
import { IconPlayerPlayFilled } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../../stores/command'
import { useCore } from '../../stores/projection'
import { requestId } from '../../stores/request-id'
import { hrefOf } from '../../stores/route'
import { Log } from '../../terminal/Log'
import { ErrorNotice, Notice } from '../../ui/Notice'
import { JobFrame } from '../job/JobFrame'
import { networkCodes } from '../job/network-codes'
import { nameOf, type EnvironmentJob as Job } from './names'
import css from './environment.module.css'

/** Making or mending one: how it goes, and after a stop the reason and the one thing to press. */
export function EnvironmentJob({ job }: { job: Job }) {
  const { t } = useTranslation()
  const [put, setPut] = useState(false)
  const packages = useCore((state) => state.environments[job.asked.environment]?.packages ?? none)
  const { main } = nameOf(packages, job.asked.recipe)
  // What was put away comes back when it is started again.
  if (put && job.status !== 'running') return null
  return (
    <section
      className={css.job}
      aria-label={`${t('environments.job.label', { name: main })} (${job.asked.environment})`}
    >
      <Ended job={job} onPutAway={() => setPut(true)} />
      <JobFrame
        job={job}
        title={t(`environments.job.${job.status}`, { name: main })}
        stepsLabel={t('environments.job.steps')}
      >
        <Log kind="jobs" id={job.id} title={t('environments.job.log')} fill />
      </JobFrame>
    </section>
  )
}

const none: [] = []

function Ended({ job, onPutAway }: { job: Job; onPutAway(): void }) {
  const { t } = useTranslation()
  const { recipe, environment } = job.asked
  // One that exists is mended, and so keeps the recipe it was made from; else its recipe is made again.
  const exists = useCore((state) => state.environments[environment] !== undefined)
  const resume = useCommand((core) =>
    exists
      ? core.environments.repair({ requestId: requestId(), id: environment })
      : core.environments.make({ requestId: requestId(), recipe }),
  )
  if (job.status === 'running' || job.status === 'done') return null
  const buttons = (
    <>
      <Button
        size="compact-sm"
        loading={resume.busy}
        leftSection={<IconPlayerPlayFilled size={14} aria-hidden />}
        onClick={() => void resume.run()}
      >
        {t('practice.resume')}
      </Button>
      {job.error !== null && networkCodes.has(job.error.code) && (
        <Button size="compact-sm" variant="default" component="a" href={hrefOf('settings')}>
          {t('practice.networkSettings')}
        </Button>
      )}
      <Button size="compact-sm" variant="default" onClick={onPutAway}>
        {t('common.close')}
      </Button>
    </>
  )
  return (
    <>
      {job.status === 'failed' && job.error !== null ? (
        <ErrorNotice error={job.error} title={t('environments.job.stopped')} actions={buttons} />
      ) : (
        <Notice tone="warn" actions={buttons}>
          {job.status === 'interrupted' ? t('practice.interrupted') : t('environments.job.kept')}
        </Notice>
      )}
      <ErrorNotice error={resume.error} />
    </>
  )
}
