import { useTranslation } from 'react-i18next'
import { useCore } from '../../../stores/projection'
import { keyOf } from '../refs'
import { useDataset } from '../store'
import { isConvert } from './convert-job'
import { WriteForm } from './WriteForm'
import { WriteJob } from './WriteJob'
import { Written } from './Written'
import css from './work.module.css'

/** Writes what verl reads, and shows how that goes and what came of it. */
export function WriteTab() {
  const { t } = useTranslation()
  const { data, opened, recipe } = useDataset()
  const jobs = useCore((state) => state.jobs)
  if (data === null || opened === null) return null
  if (recipe === null) return <p className={css.quiet}>{t('data.work.map.waiting')}</p>
  const job = Object.values(jobs)
    .filter(isConvert)
    .filter(({ asked }) => keyOf(asked.data) === keyOf(data))
    .sort((a, b) => b.startedAt - a.startedAt)
    .at(0)
  return (
    <>
      {job !== undefined && job.status !== 'done' && <WriteJob job={job} />}
      {job?.status === 'done' && <Written job={job} />}
      {job?.status !== 'running' && <WriteForm data={data} opened={opened} recipe={recipe} />}
    </>
  )
}
