import { useTranslation } from 'react-i18next'
import { useAnswer } from '../../stores/answer'
import { Button } from '@mantine/core'
import { FileRow } from './FileRow'
import css from './library.module.css'

/** More than this is not read by anybody; those that went wrong come first. */
const MOST = 200

export function AllFiles({ job }: { job: string }) {
  const { t } = useTranslation()
  const { value, again } = useAnswer((core) => core.hub.files({ id: job }))
  if (value === null) return null
  const shown = [...value].sort((a, b) => Number(b.state === 'failed') - Number(a.state === 'failed')).slice(0, MOST)
  return (
    <div className={css.allFiles}>
      <ul className={css.files} aria-label={t('library.downloads.all', { count: value.length })} tabIndex={0}>
        {shown.map((file) => (
          <FileRow key={file.path} file={file} />
        ))}
      </ul>
      {value.length > MOST && (
        <p className={css.quiet}>{t('library.downloads.more', { count: value.length - MOST })}</p>
      )}
      <Button size="compact-sm" variant="default" onClick={again}>
        {t('library.again')}
      </Button>
    </div>
  )
}
