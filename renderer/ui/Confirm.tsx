import { Button, Group, Modal, Stack } from '@mantine/core'
import type { AppErrorData } from '#contract'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNotice } from './Notice'
import css from './ui.module.css'

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
    <Modal.Root opened={opened} onClose={onClose} centered>
      <Modal.Overlay />
      <Modal.Content>
        {/* Not Modal.Header: a header element outside the page's own would count as a second banner. */}
        <div className={css.dialogHead}>
          <Modal.Title>{title}</Modal.Title>
          <Modal.CloseButton aria-label={t('common.close')} />
        </div>
        <Modal.Body>
          <Stack gap="md">
            <div className={css.dialogText}>{children}</div>
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
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}
