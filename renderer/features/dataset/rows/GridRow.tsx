import type { Cell, ColumnKind, DataRow } from '#contract'
import { memo } from 'react'
import { cellText, messagesOf } from './cell'
import type { Shape } from './GridHead'
import css from './grid.module.css'

/** Made once for all rows: each hook that a cell does without is hundreds fewer at every turn of the wheel. */
export interface RowWords {
  nothing: string
  empty: string
  count(value: number): string
}

interface RowProps {
  id: string
  at: number
  y: number
  /** undefined: on its way. */
  row: DataRow | undefined
  shape: Shape
  words: RowWords
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

function DrawnRow({
  id,
  at,
  y,
  row,
  shape: { columns, places, cells, width },
  words,
  column,
  opened,
  onPress,
}: RowProps) {
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
        {row === undefined ? <i className={css.bone} /> : words.count(row.index)}
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
              <Content value={row.cells[places?.[place] ?? place]} kind={known?.kind} words={words} />
            )}
          </div>
        )
      })}
    </div>
  )
}

interface ContentProps {
  value: Cell | undefined
  kind: ColumnKind | undefined
  words: RowWords
}

function Content({ value, kind, words }: ContentProps) {
  if (value === null || value === undefined) return <em>{words.nothing}</em>
  if (value === '') return <em>{words.empty}</em>
  const turns = kind === 'messages' || kind === 'list' ? messagesOf(value) : null
  if (turns === null) return cellText(value)
  return turns.slice(0, 4).map(({ role, content }, index) => (
    <span key={index} className={css.turn}>
      <b>{role}</b> {cellText(content)}
    </span>
  ))
}
