import { ActionIcon, Button, TextInput, Tooltip } from '@mantine/core'
import {
  IconArrowBarToDown,
  IconCheck,
  IconChevronDown,
  IconChevronUp,
  IconCopy,
  IconSearch,
  type Icon,
} from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLog, type LogHandle, type LogSource } from './use-log'
import css from './terminal.module.css'

interface IconActionProps {
  icon: Icon
  label: string
  disabled?: boolean
  onClick(): void
}

function IconAction({ icon: Shape, label, disabled = false, onClick }: IconActionProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size="md" aria-label={label} disabled={disabled} onClick={onClick}>
        <Shape size={17} stroke={1.8} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}

function Search({ log }: { log: LogHandle }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const find = (direction: 'next' | 'previous' | 'typing', value = text) => log.actions.find(value, direction)
  const { at, total } = log.matches
  const count = text === '' ? '' : total === 0 ? t('log.noMatch') : t('log.matches', { n: at, total })
  return (
    <div className={css.search} role="search">
      <TextInput
        size="xs"
        className={css.field}
        aria-label={t('log.find')}
        placeholder={t('log.find')}
        leftSection={<IconSearch size={15} aria-hidden />}
        value={text}
        onChange={({ currentTarget: { value } }) => {
          setText(value)
          find('typing', value)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') find(event.shiftKey ? 'next' : 'previous')
        }}
      />
      <span className={css.count} role="status">
        {count}
      </span>
      <IconAction
        icon={IconChevronUp}
        label={t('log.findPrevious')}
        disabled={text === ''}
        onClick={() => find('previous')}
      />
      <IconAction
        icon={IconChevronDown}
        label={t('log.findNext')}
        disabled={text === ''}
        onClick={() => find('next')}
      />
    </div>
  )
}

function CopyLog({ log }: { log: LogHandle }) {
  const { t } = useTranslation()
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(log.actions.text())
    setCopied(true)
    setTimeout(() => setCopied(false), 1500)
  }
  return (
    <IconAction
      icon={copied ? IconCheck : IconCopy}
      label={copied ? t('log.copied') : t('log.copySelection')}
      onClick={() => void copy()}
    />
  )
}

/** Which part of the log is on show, and the ways to the other parts. */
function Extent({ log }: { log: LogHandle }) {
  const { t } = useTranslation()
  const { state } = log
  if (state === null || state.size === 0) return null
  const part = state.mode === 'part'
  if (!part && state.from === 0) return null
  return (
    <div className={css.extent}>
      <p>
        {part
          ? t('log.shownPart', { from: state.from, to: state.next, size: state.size })
          : t('log.shownFrom', { from: state.from, size: state.size })}
      </p>
      {part && state.next < state.size && (
        <Button size="compact-xs" variant="default" onClick={log.actions.nextPart}>
          {t('log.more')}
        </Button>
      )}
      {part ? (
        <Button size="compact-xs" variant="default" onClick={log.actions.follow}>
          {t('log.end')}
        </Button>
      ) : (
        <Button size="compact-xs" variant="default" onClick={log.actions.fromStart}>
          {t('log.start')}
        </Button>
      )}
    </div>
  )
}

export interface LogViewProps extends LogSource {
  title: string
  /** As tall as what holds it, where that has a height of its own. */
  fill?: boolean
}

export default function LogView({ kind, id, title, fill = false }: LogViewProps) {
  const { t } = useTranslation()
  const host = useRef<HTMLDivElement>(null)
  const log = useLog(host, { kind, id })
  const toEnd = () => {
    if (log.state?.mode === 'part') log.actions.follow()
    log.actions.toEnd()
  }
  return (
    <section className={css.log} data-fill={fill || undefined} aria-label={title} data-testid="run-log">
      <div className={css.bar}>
        <h2>{title}</h2>
        <div className={css.tools}>
          <Search log={log} />
          <CopyLog log={log} />
          <IconAction icon={IconArrowBarToDown} label={t('log.end')} disabled={log.atEnd} onClick={toEnd} />
        </div>
      </div>
      <Extent log={log} />
      {log.state?.failed === true && (
        <p className={css.trouble} role="status">
          {t('log.failed')}
        </p>
      )}
      <div className={css.body}>
        {(log.state === null || log.state.size === 0) && <p className={css.empty}>{t('log.empty')}</p>}
        <div className={css.host} ref={host} />
      </div>
    </section>
  )
}
