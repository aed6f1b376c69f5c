import { ActionIcon, NumberInput, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { isNarrowed, type Query } from './use-pages'
import css from './rows.module.css'

interface ToolbarProps {
  query: Query
  onChange(query: Query): void
  /** Rows that match; null: not counted yet. */
  total: number | null
  all: number | null
  onJump(row: number): void
}

const TYPING_MS = 300

/** Search, the filters that are set, how many rows that leaves, and the way to a row by its number. */
export function Toolbar({ query, onChange, total, all, onJump }: ToolbarProps) {
  const { t } = useTranslation()
  const [text, setText] = useState(query.search)
  const [known, setKnown] = useState(query.search)
  // Cleared from elsewhere.
  if (known !== query.search) {
    setKnown(query.search)
    setText(query.search)
  }
  const search = useDebouncedCallback((next: string) => onChange({ ...query, search: next }), TYPING_MS)
  const type = (next: string) => {
    setText(next)
    search(next)
  }
  const clear = (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="sm"
      aria-label={t('data.look.search.clear')}
      onClick={() => type('')}
    >
      <IconX size={15} aria-hidden />
    </ActionIcon>
  )
  return (
    <div className={css.toolbar}>
      <TextInput
        className={css.search ?? ''}
        type="search"
        aria-label={t('data.look.search.label')}
        placeholder={t('data.look.search.placeholder')}
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={text === '' ? null : clear}
        value={text}
        onChange={({ currentTarget }) => type(currentTarget.value)}
      />
      <Chips query={query} onChange={onChange} />
      <Count query={query} total={total} all={all} />
      <Jump most={all ?? total} onJump={onJump} />
    </div>
  )
}

function Count({ query, total, all }: { query: Query; total: number | null; all: number | null }) {
  const { t } = useTranslation()
  const format = useFormat()
  const text = () => {
    if (total === null) return t('data.look.search.counting')
    if (!isNarrowed(query) || all === null) return t('data.look.rows', { count: total, rows: format.count(total) })
    return t('data.look.search.found', { found: format.count(total), rows: format.count(all) })
  }
  return (
    <p className={css.count} role="status" data-testid="rows-count">
      {text()}
    </p>
  )
}

function Chips({ query, onChange }: { query: Query; onChange(query: Query): void }) {
  const { t } = useTranslation()
  if (query.filters.length === 0) return null
  return (
    <ul className={css.chips} aria-label={t('data.look.filter.set')}>
      {query.filters.map((filter, index) => {
        const { column, op, value } = filter
        const valued = op !== 'empty' && op !== 'filled'
        const text = `${column} ${t(`data.look.filter.op.${op}`)}${valued ? ` ${value}` : ''}`
        return (
          <li key={`${column}-${op}`}>
            <span>{text}</span>
            <button
              type="button"
              aria-label={t('data.look.filter.remove', { filter: text })}
              onClick={() => onChange({ ...query, filters: query.filters.filter((_, at) => at !== index) })}
            >
              <IconX size={13} aria-hidden />
            </button>
          </li>
        )
      })}
    </ul>
  )
}

/** People count rows from where the grid counts them: from 0, as Python does. */
function Jump({ most, onJump }: { most: number | null; onJump(row: number): void }) {
  const { t } = useTranslation()
  const [value, setValue] = useState<string | number>('')
  const last = most === null ? undefined : Math.max(0, most - 1)
  const jump = () => {
    if (typeof value === 'number') onJump(Math.min(Math.max(0, value), last ?? value))
  }
  return (
    <NumberInput
      className={css.jump ?? ''}
      aria-label={t('data.look.search.jump')}
      placeholder={t('data.look.search.jump')}
      allowDecimal={false}
      allowNegative={false}
      hideControls
      value={value}
      onChange={setValue}
      onKeyDown={({ key }) => key === 'Enter' && jump()}
    />
  )
}
