import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { latestPractice, useCore } from '../../stores/projection'
import { Intro } from './Intro'
import { JobView } from './JobView'
import { Report } from './Report'
import { StartForm } from './StartForm'
import css from './practice.module.css'

/** Practice as one thing, used by its page and by the guide: what it is, how it goes, what came of it. */
export function Practice({ inGuide = false }: { inGuide?: boolean }) {
  const { t } = useTranslation()
  const job = useCore((state) => latestPractice(state.jobs))
  const [again, setAgain] = useState<string | null>(null)
  // Asking for the same as an interrupted job continues that one, under its own name.
  const asking = again === job?.id && job?.status !== 'running'
  if (job === null || asking) {
    return (
      <Intro>
        <StartForm
          label={t('practice.start')}
          after={
            job !== null && (
              <Button variant="subtle" color="gray" onClick={() => setAgain(null)}>
                {t('common.cancel')}
              </Button>
            )
          }
        />
      </Intro>
    )
  }
  return (
    <div className={css.stack}>
      {job.report !== null && (
        <Report job={job} report={job.report} inGuide={inGuide} onAgain={() => setAgain(job.id)} />
      )}
      <JobView job={job} onAgain={() => setAgain(job.id)} />
    </div>
  )
}
