import type { RunView } from '#contract'
import { useTranslation } from 'react-i18next'
import { Button, Menu } from '@mantine/core'
import {
  IconChartLine,
  IconChevronDown,
  IconCopyPlus,
  IconPencil,
  IconPlayerPlayFilled,
  IconTrash,
} from '@tabler/icons-react'
import { useState } from 'react'
import { useCommand } from '../../stores/command'
import { isLive, isOver } from '../../stores/live'
import { go } from '../../stores/route'
import { Confirm } from '../../ui/Confirm'
import { Dialog } from '../../ui/Dialog'
import { ErrorNotice } from '../../ui/Notice'
import { Rename } from './run/Rename'
import { Resume } from './run/Resume'
import { LeaveQueue, Stop } from './run/Stop'
import { TensorBoard } from './run/TensorBoard'
import { draftOf, useDraft } from './start/draft'

type Open = 'resume' | 'rename' | 'tensorboard' | 'remove' | null

/** The one thing most likely wanted as a button; the rest in a menu. */
export function RunActions({ run }: { run: RunView }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState<Open>(null)
  const close = () => setOpen(null)
  return (
    <>
      {isLive(run.status) && <Stop run={run} />}
      {run.status === 'queued' && <LeaveQueue run={run} />}
      {isOver(run.status) && run.checkpoint !== null && (
        <Button leftSection={<IconPlayerPlayFilled size={15} aria-hidden />} onClick={() => setOpen('resume')}>
          {t('runs.resume')}
        </Button>
      )}
      <More run={run} onOpen={setOpen} />
      <Dialog opened={open === 'resume'} title={t('runs.resumeTitle')} onClose={close}>
        <Resume run={run} onClose={close} />
      </Dialog>
      <Dialog opened={open === 'rename'} title={t('runs.renameTitle')} onClose={close}>
        <Rename run={run} onClose={close} />
      </Dialog>
      <Dialog opened={open === 'tensorboard'} title={t('runs.tensorboard')} onClose={close}>
        <TensorBoard run={run} />
      </Dialog>
      <Remove run={run} opened={open === 'remove'} onClose={close} />
    </>
  )
}

function More({ run, onOpen }: { run: RunView; onOpen(open: Open): void }) {
  const { t } = useTranslation()
  const duplicate = useCommand(async (core) => {
    const { request } = await core.runs.details({ id: run.id })
    if (request === null) return
    useDraft.setState(draftOf(request), true)
    go('runs', 'new')
  })
  return (
    <>
      <Menu position="bottom-end" withinPortal={false}>
        <Menu.Target>
          <Button variant="default" loading={duplicate.busy} rightSection={<IconChevronDown size={15} aria-hidden />}>
            {t('runs.more')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconCopyPlus size={15} aria-hidden />} onClick={() => void duplicate.run()}>
            {t('runs.duplicate')}
          </Menu.Item>
          <Menu.Item leftSection={<IconPencil size={15} aria-hidden />} onClick={() => onOpen('rename')}>
            {t('runs.rename')}
          </Menu.Item>
          <Menu.Item leftSection={<IconChartLine size={15} aria-hidden />} onClick={() => onOpen('tensorboard')}>
            {t('runs.tensorboard')}
          </Menu.Item>
          {isOver(run.status) && (
            <Menu.Item color="red" leftSection={<IconTrash size={15} aria-hidden />} onClick={() => onOpen('remove')}>
              {t('runs.remove')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <ErrorNotice error={duplicate.error} />
    </>
  )
}

function Remove({ run, opened, onClose }: { run: RunView; opened: boolean; onClose(): void }) {
  const { t } = useTranslation()
  const remove = useCommand((core) => core.runs.remove({ id: run.id }))
  const confirm = async () => {
    if (await remove.run()) go('runs')
  }
  return (
    <Confirm
      opened={opened}
      title={t('runs.removeTitle')}
      action={t('runs.remove')}
      busy={remove.busy}
      error={remove.error}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      <p>{t('runs.removeText')}</p>
      <code>{run.folder}</code>
    </Confirm>
  )
}
