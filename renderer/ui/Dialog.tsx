import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import css from './ui.module.css'

interface DialogProps {
  opened: boolean
  title: string
  size?: 'md' | 'lg' | 'xl'
  onClose(): void
  /** Made only while it is open, so that it starts afresh each time. */
  children: ReactNode
}

export function Dialog({ opened, title, size = 'md', onClose, children }: DialogProps) {
  const { t } = useTranslation()
  return (
    <Modal.Root opened={opened} onClose={onClose} size={size} centered>
      <Modal.Overlay />
      <Modal.Content>
        {/* Not Modal.Header: a header element outside the page's own would count as a second banner. */}
        <div className={css.dialogHead}>
          <Modal.Title>{title}</Modal.Title>
          <Modal.CloseButton aria-label={t('common.close')} />
        </div>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}
