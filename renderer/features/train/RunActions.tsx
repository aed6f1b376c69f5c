import { Button } from '@mantine/core'
import { IconPlayerStopFilled, IconTrash } from '@tabler/icons-react'
import type { RunView } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../../stores/command'
import { go } from '../../stores/route'
import { Confirm } from '../../ui/Confirm'
import { isLive } from '../../stores/live'

export function RunActions({ run }: { run: RunView }) {
  return isLive(run.status) ? <Stop run={run} /> : <Remove run={run} />
}

function Stop({ run }: { run: RunView }) {
  const { t } = useTranslation()
  const [asked, setAsked] = useState(false)
  const stop = useCommand((core, mode: 'staged' | 'now') => core.runs.stop({ id: run.id, mode }))
  const stopping = run.status === 'stopping'
  const confirm = async () => {
    if (await stop.run(stopping ? 'now' : 'staged')) setAsked(false)
  }
  const label = stopping ? t('runs.stopNow') : t('runs.stop')
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconPlayerStopFilled size={15} aria-hidden />}
        onClick={() => setAsked(true)}
      >
        {label}
      </Button>
      <Confirm
        opened={asked}
        title={t('runs.stopTitle')}
        action={label}
        busy={stop.busy}
        error={stop.error}
        onConfirm={() => void confirm()}
        onClose={() => setAsked(false)}
      >
        {stopping ? t('runs.stopNowText') : t('runs.stopText')}
      </Confirm>
    </>
  )
}

function Remove({ run }: { run: RunView }) {
  const { t } = useTranslation()
  const [asked, setAsked] = useState(false)
  const remove = useCommand((core) => core.runs.remove({ id: run.id }))
  const confirm = async () => {
    if (await remove.run()) go('runs')
  }
  return (
    <>
      <Button variant="default" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setAsked(true)}>
        {t('runs.remove')}
      </Button>
      <Confirm
        opened={asked}
        title={t('runs.removeTitle')}
        action={t('runs.remove')}
        busy={remove.busy}
        error={remove.error}
        onConfirm={() => void confirm()}
        onClose={() => setAsked(false)}
      >
        <p>{t('runs.removeText')}</p>
        <code>{run.folder}</code>
      </Confirm>
    </>
  )
}
