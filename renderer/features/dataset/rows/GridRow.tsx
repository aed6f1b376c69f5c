import type { Cell, ColumnKind, DataRow } from '#contract'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { cellText, messagesOf } from './cell'
import type { Shape } from './GridHead'
import css from './grid.module.css'

interface RowProps {
  id: string
  at: number
  y: number
  /** undefined: on its way. */
  row: DataRow | undefined
  shape: Shape
  /** The column where the keyboard is; null: it is in another row. */
  column: number | null
  opened: boolean
  onPress(column: number): void
}

/** Drawn again only when its content, its place or the columns change: scrolling past moves nothing. */
export const GridRow = memo(DrawnRow, (a, b) => {
  const { onPress: _a, shape: shapeA, ...restA } = a
  const { onPress: _b, shape: shapeB, ...restB } = b
  const keys = Object.keys(restA) as (keyof typeof restA)[]
  return (
    shapeA.cells === shapeB.cells &&
    shapeA.columns === shapeB.columns &&
    shapeA.places === shapeB.places &&
    shapeA.width === shapeB.width &&
    keys.every((key) => restA[key] === restB[key])
  )
})

function DrawnRow({ id, at, y, row, shape: { columns, places, cells, width }, column, opened, onPress }: RowProps) {
  const format = useFormat()
  return (
    <div
      className={css.row}
      role="row"
      aria-rowindex={at + 2}
      aria-selected={opened}
      aria-busy={row === undefined ? true : undefined}
      style={{ transform: `translateY(${y}px)`, width }}
    >
      <div className={css.index} role="rowheader" aria-colindex={1} onClick={() => onPress(0)}>
        {row === undefined ? <i className={css.bone} /> : format.count(row.index)}
      </div>
      {cells.map(({ at: place, start, size }) => {
        const known = columns[place]
        return (
          <div
            key={place}
            id={`${id}-${at}-${place}`}
            className={css.cell}
            role="gridcell"
            aria-colindex={place + 2}
            data-kind={known?.kind}
            data-active={column === place || undefined}
            style={{ width: size, transform: `translateX(${start}px)` }}
            onClick={() => onPress(place)}
          >
            {row === undefined ? (
              <i className={css.bone} />
            ) : (
              <Content value={row.cells[places?.[place] ?? place]} kind={known?.kind} />
            )}
          </div>
        )
      })}
    </div>
  )
}

function Content({ value, kind }: { value: Cell | undefined; kind: ColumnKind | undefined }) {
  const { t } = useTranslation()
  if (value === null || value === undefined) return <em>{t('data.look.grid.null')}</em>
  if (value === '') return <em>{t('data.look.grid.empty')}</em>
  const turns = kind === 'messages' || kind === 'list' ? messagesOf(value) : null
  if (turns === null) return cellText(value)
  return turns.slice(0, 4).map(({ role, content }, index) => (
    <span key={index} className={css.turn}>
      <b>{role}</b> {cellText(content)}
    </span>
  ))
}
