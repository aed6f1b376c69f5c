import { ActionIcon, SegmentedControl, Skeleton } from '@mantine/core'
import { IconChevronDown, IconChevronUp, IconX } from '@tabler/icons-react'
import type { AppErrorData, Cell, DataColumn, DataRef } from '#contract'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toAppError } from '../../../api/errors'
import { client } from '../../../api/session'
import { useFormat } from '../../../i18n'
import { ErrorNotice } from '../../../ui/Notice'
import { CopyAction } from '../../../ui/parts'
import { ValueView } from '../value/ValueView'
import { useView, views } from '../value/view'
import { wholeText } from './cell'
import css from './panel.module.css'

interface PanelProps {
  data: DataRef
  columns: readonly DataColumn[]
  /** The row's index in the files; null: its page is on its way. */
  index: number | null
  /** Its place in the list that is shown. */
  at: number
  total: number
  onMove(at: number): void
  onClose(): void
}

/** One row, whole: nothing cut, messages as a conversation, formulas set. */
export function RowPanel({ data, columns, index, at, total, onMove, onClose }: PanelProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { cells, error } = useRow(data, index)
  return (
    <section
      className={css.panel}
      aria-label={t('data.look.row.title', { index: index === null ? '…' : format.count(index) })}
    >
      <div className={css.head}>
        <h2>{t('data.look.row.title', { index: index === null ? '…' : format.count(index) })}</h2>
        <ViewSwitch />
        <div className={css.buttons}>
          <Step label={t('data.look.row.previous')} disabled={at <= 0} icon="up" onPress={() => onMove(at - 1)} />
          <Step label={t('data.look.row.next')} disabled={at >= total - 1} icon="down" onPress={() => onMove(at + 1)} />
          <ActionIcon variant="subtle" color="gray" aria-label={t('common.close')} onClick={onClose}>
            <IconX size={17} aria-hidden />
          </ActionIcon>
        </div>
      </div>
      <div className={css.body} tabIndex={0} role="group" aria-label={t('data.look.row.values')}>
        <ErrorNotice error={error} />
        {cells === null && error === null && <Bones />}
        {cells !== null &&
          columns.map((column, place) => (
            <article key={column.name} className={css.field} aria-label={column.name}>
              <div className={css.fieldHead}>
                <h3>{column.name}</h3>
                <small title={column.type}>{t(`data.look.kind.${column.kind}`)}</small>
                <CopyAction value={wholeText(cells[place])} label={t('data.look.row.copy', { column: column.name })} />
              </div>
              <ValueView value={cells[place] ?? null} />
            </article>
          ))}
      </div>
    </section>
  )
}

const Bones = () => (
  <>
    <Skeleton height={18} width="32%" />
    <Skeleton height={70} />
    <Skeleton height={18} width="24%" />
    <Skeleton height={140} />
  </>
)

function ViewSwitch() {
  const { t } = useTranslation()
  const { view, setView } = useView()
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('data.look.row.view')}
      value={view}
      data={views.map((name) => ({ value: name, label: t(`data.look.row.${name}`) }))}
      onChange={(next) => setView(views.find((name) => name === next) ?? 'rendered')}
    />
  )
}

interface StepProps {
  label: string
  disabled: boolean
  icon: 'up' | 'down'
  onPress(): void
}

function Step({ label, disabled, icon, onPress }: StepProps) {
  const Shape = icon === 'up' ? IconChevronUp : IconChevronDown
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={label} disabled={disabled} onClick={onPress}>
      <Shape size={18} aria-hidden />
    </ActionIcon>
  )
}

interface Held {
  cells: Cell[] | null
  error: AppErrorData | null
}

/** The row before stays until the next one is here, so that going through them does not flicker. */
function useRow(data: DataRef, index: number | null): Held {
  const [held, setHeld] = useState<Held>({ cells: null, error: null })
  useEffect(() => {
    if (index === null) return
    const leaving = new AbortController()
    client()
      .dataset.row({ data, index }, { signal: leaving.signal })
      .then((cells) => !leaving.signal.aborted && setHeld({ cells, error: null }))
      .catch((thrown: unknown) => !leaving.signal.aborted && setHeld({ cells: null, error: toAppError(thrown) }))
    return () => leaving.abort()
  }, [data, index])
  return held
}
