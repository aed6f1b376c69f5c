import { Button, Group, Modal, Stack } from '@mantine/core'
import type { AppErrorData } from '#contract'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNotice } from './Notice'

interface ConfirmProps {
  opened: boolean
  title: string
  action: string
  busy: boolean
  error: AppErrorData | null
  onConfirm(): void
  onClose(): void
  children: ReactNode
}

/** Asked before anything that cannot be taken back. */
export function Confirm({ opened, title, action, busy, error, onConfirm, onClose, children }: ConfirmProps) {
  const { t } = useTranslation()
  return (
    <Modal opened={opened} onClose={onClose} title={title} centered closeButtonProps={{ 'aria-label': t('common.close') }}>
      <Stack gap="md">
        <div>{children}</div>
        <ErrorNotice error={error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('common.cancel')}
          </Button>
          <Button color="red" loading={busy} onClick={onConfirm}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
