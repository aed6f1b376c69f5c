import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../../stores/command'
import { FolderField } from '../../ui/FolderField'
import { ErrorNotice } from '../../ui/Notice'
import css from './environment.module.css'

/** Takes one of the user's into the list; it is looked at and never changed. */
export function Adopt({ onClose }: { onClose(): void }) {
  const { t } = useTranslation()
  const [path, setPath] = useState('')
  const adopt = useCommand((core) => core.environments.adopt({ path: path.trim() }))
  return (
    <form
      className={css.adopt}
      onSubmit={(event) => {
        event.preventDefault()
        if (path.trim() !== '') void adopt.run().then((done) => done && onClose())
      }}
    >
      <p className={css.note}>{t('environments.mine.text')}</p>
      <FolderField
        label={t('root.path')}
        placeholder={t('environments.mine.placeholder')}
        value={path}
        onChange={(next) => {
          setPath(next)
          adopt.clear()
        }}
      />
      <ErrorNotice error={adopt.error} />
      <div className={css.dialogActions}>
        {adopt.busy && <p role="status">{t('environments.mine.looking')}</p>}
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" loading={adopt.busy} disabled={path.trim() === ''}>
          {t('environments.mine.look')}
        </Button>
      </div>
    </form>
  )
}
