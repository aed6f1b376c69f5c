import { Button, Menu } from '@mantine/core'
import {
  IconBox,
  IconFileExport,
  IconMessages,
  IconPin,
  IconPinnedOff,
  IconPlayerPlay,
  IconTrash,
} from '@tabler/icons-react'
import type { CheckpointView, RunView } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { useCommand } from '../../../stores/command'
import { isOver } from '../../../stores/live'
import { requestId } from '../../../stores/request-id'
import { Confirm } from '../../../ui/Confirm'
import { Dialog } from '../../../ui/Dialog'
import { ErrorNotice } from '../../../ui/Notice'
import { More } from '../../library/More'
import { Resume } from '../run/Resume'
import { Export } from './Export'
import css from './checkpoints.module.css'

interface CheckpointActionsProps {
  run: RunView
  one: CheckpointView
  onTold(list: CheckpointView[]): void
  onAsk(step: number): void
}

type Open = 'resume' | 'export' | 'remove' | null

export function CheckpointActions({ run, one, onTold, onAsk }: CheckpointActionsProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const [open, setOpen] = useState<Open>(null)
  const close = () => setOpen(null)
  const { step, pinned, whole } = one
  const pin = useCommand(async (core) => onTold(await core.runs.pin({ id: run.id, step, pinned: !pinned })))
  const merge = useCommand((core) => core.runs.merge({ requestId: requestId(), id: run.id, step }))
  const PinIcon = pinned ? IconPinnedOff : IconPin
  return (
    <div className={css.actions}>
      {whole && one.model === null && (
        <Button
          size="xs"
          variant="light"
          loading={merge.busy}
          leftSection={<IconBox size={15} aria-hidden />}
          aria-label={`${t('runs.checkpoints.merge')}: ${t('runs.bestAt', { step: format.count(step) })}`}
          onClick={() => void merge.run()}
        >
          {t('runs.checkpoints.merge')}
        </Button>
      )}
      <More name={t('runs.checkpoints.actions', { step: format.count(step) })}>
        <Menu.Item leftSection={<PinIcon size={15} aria-hidden />} onClick={() => void pin.run()}>
          {t(pinned ? 'runs.checkpoints.unpin' : 'runs.checkpoints.pin')}
        </Menu.Item>
        {whole && isOver(run.status) && (
          <Menu.Item leftSection={<IconPlayerPlay size={15} aria-hidden />} onClick={() => setOpen('resume')}>
            {t('runs.checkpoints.resume')}
          </Menu.Item>
        )}
        {whole && (
          <Menu.Item leftSection={<IconMessages size={15} aria-hidden />} onClick={() => onAsk(step)}>
            {t('runs.ask.title')}
          </Menu.Item>
        )}
        {whole && (
          <Menu.Item leftSection={<IconFileExport size={15} aria-hidden />} onClick={() => setOpen('export')}>
            {t('runs.checkpoints.export')}
          </Menu.Item>
        )}
        <Menu.Item color="red" leftSection={<IconTrash size={15} aria-hidden />} onClick={() => setOpen('remove')}>
          {t('runs.checkpoints.remove')}
        </Menu.Item>
      </More>
      <ErrorNotice error={pin.error ?? merge.error} />
      <Dialog opened={open === 'resume'} title={t('runs.resumeTitle')} onClose={close}>
        <Resume run={run} step={step} onClose={close} />
      </Dialog>
      <Dialog
        opened={open === 'export'}
        title={t('runs.checkpoints.exportTitle', { step: format.count(step) })}
        onClose={close}
      >
        <Export run={run} step={step} onClose={close} />
      </Dialog>
      <Remove run={run} one={one} opened={open === 'remove'} onTold={onTold} onClose={close} />
    </div>
  )
}

function Remove({
  run,
  one,
  opened,
  onTold,
  onClose,
}: Omit<CheckpointActionsProps, 'onAsk'> & { opened: boolean; onClose(): void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const remove = useCommand(async (core) => onTold(await core.runs.removeCheckpoint({ id: run.id, step: one.step })))
  return (
    <Confirm
      opened={opened}
      title={t('runs.checkpoints.removeTitle', { step: format.count(one.step) })}
      action={t('runs.checkpoints.remove')}
      busy={remove.busy}
      error={remove.error}
      onConfirm={() => void remove.run().then((done) => done && onClose())}
      onClose={onClose}
    >
      <p>{t('runs.checkpoints.removeText', { size: format.bytes(one.bytes) })}</p>
      {one.best && <p>{t('runs.checkpoints.removeBest')}</p>}
      <code>{one.path}</code>
    </Confirm>
  )
}
