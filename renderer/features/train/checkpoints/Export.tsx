import { Button } from '@mantine/core'
import type { RunView } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../../../stores/command'
import { requestId } from '../../../stores/request-id'
import { FolderField } from '../../../ui/FolderField'
import { ErrorNotice } from '../../../ui/Notice'
import css from '../run/run.module.css'

export function Export({ run, step, onClose }: { run: RunView; step: number; onClose(): void }) {
  const { t } = useTranslation()
  const [folder, setFolder] = useState('')
  const copy = useCommand((core) =>
    core.runs.export({ requestId: requestId(), id: run.id, step, folder: folder.trim() }),
  )
  return (
    <form
      className={css.dialog}
      onSubmit={(event) => {
        event.preventDefault()
        if (folder.trim() !== '') void copy.run().then((started) => started && onClose())
      }}
    >
      <p className={css.quiet}>{t('runs.checkpoints.exportText')}</p>
      <FolderField
        label={t('runs.checkpoints.exportFolder')}
        placeholder={t('runs.checkpoints.exportPlaceholder')}
        value={folder}
        onChange={setFolder}
      />
      <ErrorNotice error={copy.error} />
      <div className={css.dialogActions}>
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" loading={copy.busy} disabled={folder.trim() === ''}>
          {t('runs.checkpoints.exportStart')}
        </Button>
      </div>
    </form>
  )
}
