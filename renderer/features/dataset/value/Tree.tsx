import { Button } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import type { Cell } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { cellText, messagesOf } from '../rows/cell'
import { Conversation } from './Conversation'
import { RichText } from './RichText'
import css from './value.module.css'

/** So many of a list at first, and so many more at each press. */
const STEP = 50
/** Deeper ones are closed at first. */
const OPEN_DEPTH = 2

/** A struct or a list, unfolded. */
export function Tree({ value, depth = 0 }: { value: Cell; depth?: number }) {
  const { t } = useTranslation()
  const [shown, setShown] = useState(STEP)
  if (typeof value !== 'object' || value === null) return <Leaf value={value} />
  const entries = Object.entries(value)
  if (entries.length === 0) return <span className={css.none}>{Array.isArray(value) ? '[ ]' : '{ }'}</span>
  return (
    <ul className={css.tree}>
      {entries.slice(0, shown).map(([name, child]) => (
        <Branch key={name} name={name} value={child} depth={depth} />
      ))}
      {entries.length > shown && (
        <li>
          <Button variant="subtle" size="compact-xs" onClick={() => setShown(shown + STEP)}>
            {t('data.look.row.moreItems', { count: entries.length - shown })}
          </Button>
        </li>
      )}
    </ul>
  )
}

function Branch({ name, value, depth }: { name: string; value: Cell; depth: number }) {
  const [open, setOpen] = useState(depth < OPEN_DEPTH)
  if (typeof value !== 'object' || value === null) {
    return (
      <li className={css.leaf}>
        <b>{name}</b> <Leaf value={value} />
      </li>
    )
  }
  const messages = messagesOf(value)
  return (
    <li>
      <button type="button" className={css.fold} aria-expanded={open} onClick={() => setOpen(!open)}>
        <IconChevronRight size={14} aria-hidden />
        <b>{name}</b> {!open && <span>{cellText(value)}</span>}
        {open && Array.isArray(value) && <small>{value.length}</small>}
      </button>
      {open && (messages === null ? <Tree value={value} depth={depth + 1} /> : <Conversation messages={messages} />)}
    </li>
  )
}

function Leaf({ value }: { value: Cell }) {
  const { t } = useTranslation()
  if (value === null) return <span className={css.none}>{t('data.look.grid.null')}</span>
  if (typeof value === 'string') return <RichText text={value} />
  return <span className={css.scalar}>{cellText(value)}</span>
}
