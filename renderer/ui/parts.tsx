import { ActionIcon, CopyButton, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy, type Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import css from './ui.module.css'

interface EmptyProps {
  icon: Icon
  title: string
  children: ReactNode
  action?: ReactNode
}

/** An empty screen says what will be here and how to get it. */
export function Empty({ icon: Shape, title, children, action }: EmptyProps) {
  return (
    <div className={css.empty}>
      <span className={css.emptyIcon}>
        <Shape size={26} stroke={1.6} aria-hidden />
      </span>
      <h2>{title}</h2>
      <p>{children}</p>
      {action !== undefined && <div className={css.emptyAction}>{action}</div>}
    </div>
  )
}

export function Facts({ children }: { children: ReactNode }) {
  return <dl className={css.facts}>{children}</dl>
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

export function Stats({ children }: { children: ReactNode }) {
  return <dl className={css.stats}>{children}</dl>
}

export function Stat({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={css.stat}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

export function CopyAction({ value, label }: { value: string; label?: string }) {
  const { t } = useTranslation()
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? t('common.copied') : (label ?? t('common.copy'))}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            onClick={copy}
            aria-label={copied ? t('common.copied') : (label ?? t('common.copy'))}
          >
            {copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  )
}

export function PathText({ path }: { path: string }) {
  return (
    <span className={css.path}>
      <code>{path}</code>
      <CopyAction value={path} />
    </span>
  )
}

interface MeterProps {
  label: string
  /** null: under way, and the end is not known. */
  share: number | null
  tone?: 'accent' | 'warn'
  text?: string
}

export function Meter({ label, share, tone = 'accent', text }: MeterProps) {
  const percent = share === null ? null : Math.max(0, Math.min(100, share * 100))
  return (
    <div
      className={css.meter}
      role="progressbar"
      aria-label={label}
      aria-valuetext={text}
      {...(percent === null ? {} : { 'aria-valuenow': Math.round(percent), 'aria-valuemin': 0, 'aria-valuemax': 100 })}
    >
      <div
        className={css.meterFill}
        data-tone={tone}
        {...(percent === null ? { 'data-endless': true } : { style: { width: `${percent}%` } })}
      />
    </div>
  )
}

/** A few values as a line. The numbers are beside it in words, so it is decoration to a screen reader. */
export function Sparkline({ values, label }: { values: number[]; label: string }) {
  if (values.length === 0) return null
  const low = Math.min(...values)
  const span = Math.max(...values) - low || 1
  const x = (index: number) => (values.length === 1 ? 50 : (index / (values.length - 1)) * 100)
  const y = (value: number) => 36 - ((value - low) / span) * 32
  const points = values.map((value, index) => `${x(index).toFixed(2)},${y(value).toFixed(2)}`).join(' ')
  return (
    <svg className={css.spark} viewBox="0 0 100 40" preserveAspectRatio="none" role="img" aria-label={label}>
      <polygon points={`${x(0)},40 ${points} ${x(values.length - 1)},40`} />
      <polyline points={points} />
    </svg>
  )
}
