import { IconAlertTriangle, IconCircleCheck, IconInfoCircle, IconXboxX } from '@tabler/icons-react'
import type { AppErrorData } from '#contract'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import css from './ui.module.css'

export type NoticeTone = 'bad' | 'warn' | 'info' | 'ok' | 'plain'

const icons = {
  bad: IconXboxX,
  warn: IconAlertTriangle,
  info: IconInfoCircle,
  ok: IconCircleCheck,
  plain: IconInfoCircle,
}

interface NoticeProps {
  tone: NoticeTone
  title?: string | undefined
  children?: ReactNode
  actions?: ReactNode
}

/** Something the person should know; errors are announced at once, the rest when there is a pause. */
export function Notice({ tone, title, children, actions }: NoticeProps) {
  const Icon = icons[tone]
  return (
    <div className={css.notice} data-tone={tone} role={tone === 'bad' ? 'alert' : 'status'}>
      <Icon size={20} stroke={1.8} aria-hidden />
      <div>
        {title !== undefined && <p className={css.noticeTitle}>{title}</p>}
        {children !== undefined && <div className={css.noticeText}>{children}</div>}
      </div>
      {actions !== undefined && <div className={css.noticeActions}>{actions}</div>}
    </div>
  )
}

export function useErrorText(): (error: AppErrorData) => string {
  const { t } = useTranslation()
  return (error) => t(`errors.${error.code}`, error.params)
}

interface ErrorNoticeProps {
  error: AppErrorData | null
  title?: string
  actions?: ReactNode
}

export function ErrorNotice({ error, title, actions }: ErrorNoticeProps) {
  const text = useErrorText()
  if (error === null) return null
  return (
    <Notice tone="bad" title={title} actions={actions}>
      {text(error)}
    </Notice>
  )
}
