import { Checkbox } from '@mantine/core'
import type { RepoFile } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import css from './library.module.css'

/** A repository with more files than this is chosen from by patterns in the terminal. */
const MOST = 500

interface FilesProps {
  files: RepoFile[]
  ticked: ReadonlySet<string>
  onTick(ticked: ReadonlySet<string>): void
}

/** Every file with a tick; what is not needed says why. */
export function Files({ files, ticked, onTick }: FilesProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const tick = (path: string, on: boolean) => {
    const next = new Set(ticked)
    if (on) next.add(path)
    else next.delete(path)
    onTick(next)
  }
  const shown = [...files].sort((a, b) => Number(b.wanted) - Number(a.wanted) || b.size - a.size).slice(0, MOST)
  return (
    <div className={css.table} tabIndex={0} role="group" aria-label={t('library.repo.files')}>
      {shown.map(({ path, size, skipped }) => (
        <Checkbox
          key={path}
          size="sm"
          checked={ticked.has(path)}
          disabled={skipped === 'unsafe'}
          onChange={({ currentTarget }) => tick(path, currentTarget.checked)}
          classNames={{ body: css.fileLine ?? '', labelWrapper: css.fileLabel ?? '' }}
          label={
            <>
              <span>{path}</span>
              <small>{skipped === null ? '' : t(`skipped.${skipped}`)}</small>
              <span className="num">{format.bytes(size)}</span>
            </>
          }
        />
      ))}
      {files.length > MOST && (
        <p className={css.quiet}>{t('library.downloads.more', { count: files.length - MOST })}</p>
      )}
    </div>
  )
}
