import type { Cell } from '#contract'
import { useTranslation } from 'react-i18next'
import { messagesOf } from '../rows/cell'
import { Conversation } from './Conversation'
import { RichText } from './RichText'
import { Tree } from './Tree'
import { useView } from './view'
import css from './value.module.css'

/** A value as what it is: a conversation, a text, a number, or a tree of them. */
export function ValueView({ value }: { value: Cell }) {
  const { t } = useTranslation()
  const { view } = useView()
  if (value === null) return <p className={css.none}>{t('data.look.grid.null')}</p>
  if (typeof value === 'string') return <RichText text={value} />
  if (typeof value !== 'object') return <p className={css.scalar}>{String(value)}</p>
  const messages = view === 'rendered' ? messagesOf(value) : null
  if (messages !== null) return <Conversation messages={messages} />
  if (view === 'text') return <pre className={css.plain}>{JSON.stringify(value, null, 2)}</pre>
  return <Tree value={value} />
}
