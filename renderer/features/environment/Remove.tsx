import { Button } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import type { EnvironmentView } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { useCommand } from '../../stores/command'
import { Confirm } from '../../ui/Confirm'

export function Remove({ environment, name }: { environment: EnvironmentView; name: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [asked, setAsked] = useState(false)
  const remove = useCommand((core) => core.environments.remove({ id: environment.id }))
  const { kind, bytes, path } = environment
  const words = kind === 'yours' ? 'forget' : 'remove'
  return (
    <>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconTrash size={16} aria-hidden />}
        aria-label={`${t(`environments.${words}.action`)}: ${name}`}
        onClick={() => setAsked(true)}
      >
        {t(`environments.${words}.button`)}
      </Button>
      <Confirm
        opened={asked}
        title={t(`environments.${words}.title`, { name })}
        action={t(`environments.${words}.action`)}
        busy={remove.busy}
        error={remove.error}
        onConfirm={() => void remove.run().then((done) => done && setAsked(false))}
        onClose={() => setAsked(false)}
      >
        <p>{t(`environments.${words}.text`)}</p>
        {kind === 'made' && bytes !== null && <p>{t('environments.remove.frees', { size: format.bytes(bytes) })}</p>}
        <code>{path}</code>
      </Confirm>
    </>
  )
}
