import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import type { DataColumn, RowsRequest } from '#contract'
import type { PointerEvent, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import css from './grid.module.css'

/** What a row is laid out by: the columns, and where those in sight begin. */
export interface Shape {
  columns: readonly DataColumn[]
  /** Where each column's cell stands in a row; null: as the columns do. */
  places: readonly number[] | null
  cells: readonly { at: number; start: number; size: number }[]
  width: number
}

interface HeadProps {
  shape: Shape
  sort: RowsRequest['sort']
  onSort(column: string): void
  tool: ((column: DataColumn) => ReactNode) | undefined
  onWidth(name: string, width: number): void
}

export function GridHead({ shape: { columns, cells, width }, sort, onSort, tool, onWidth }: HeadProps) {
  const { t } = useTranslation()
  return (
    <div className={css.head} role="rowgroup" style={{ width }}>
      <div role="row" aria-rowindex={1} className={css.headRow}>
        <div className={css.corner} role="columnheader" aria-colindex={1}>
          {t('data.look.grid.row')}
        </div>
        {cells.map(({ at, start, size }) => {
          const column = columns[at]
          if (column === undefined) return null
          const sorted = sort?.column === column.name ? sort : null
          const direction = sorted === null ? 'none' : sorted.descending ? 'descending' : 'ascending'
          const Arrow = sorted?.descending === true ? IconArrowDown : IconArrowUp
          return (
            <div
              key={column.name}
              className={css.headCell}
              role="columnheader"
              aria-colindex={at + 2}
              aria-sort={direction}
              style={{ width: size, transform: `translateX(${start}px)` }}
            >
              <button type="button" className={css.sort} title={column.type} onClick={() => onSort(column.name)}>
                <span className={css.name}>
                  {column.name}
                  {sorted !== null && <Arrow size={14} stroke={2.2} aria-hidden />}
                </span>
                <small>{t(`data.look.kind.${column.kind}`)}</small>
              </button>
              {tool?.(column)}
              <Grip size={size} onWidth={(next) => onWidth(column.name, next)} />
            </div>
          )
        })}
      </div>
    </div>
  )
}

const NARROWEST = 64

/** Drags a column wider. The mouse's alone: with the keyboard nothing is out of reach, a row opens whole. */
function Grip({ size, onWidth }: { size: number; onWidth(width: number): void }) {
  const begin = (event: PointerEvent<HTMLSpanElement>) => {
    event.preventDefault()
    const grip = event.currentTarget
    const from = event.clientX
    grip.setPointerCapture(event.pointerId)
    const move = ({ clientX }: globalThis.PointerEvent) => onWidth(Math.max(NARROWEST, size + clientX - from))
    const end = () => {
      grip.removeEventListener('pointermove', move)
      grip.removeEventListener('lostpointercapture', end)
    }
    grip.addEventListener('pointermove', move)
    grip.addEventListener('lostpointercapture', end)
  }
  return <span className={css.grip} aria-hidden onPointerDown={begin} />
}
