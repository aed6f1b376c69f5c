import { Button, TextInput } from '@mantine/core'
import type { RunView } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../../../stores/command'
import { ErrorNotice } from '../../../ui/Notice'
import css from './run.module.css'

export function Rename({ run, onClose }: { run: RunView; onClose(): void }) {
  const { t } = useTranslation()
  const [name, setName] = useState(run.name)
  const rename = useCommand((core) => core.runs.rename({ id: run.id, name: name.trim() }))
  return (
    <form
      className={css.dialog}
      onSubmit={(event) => {
        event.preventDefault()
        if (name.trim() !== '') void rename.run().then((done) => done && onClose())
      }}
    >
      <TextInput
        data-autofocus
        label={t('runs.name')}
        maxLength={80}
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <ErrorNotice error={rename.error} />
      <div className={css.dialogActions}>
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" loading={rename.busy} disabled={name.trim() === ''}>
          {t('runs.save')}
        </Button>
      </div>
    </form>
  )
}
