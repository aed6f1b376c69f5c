import type { DataColumn, RowsRequest } from '#contract'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { widthsOf } from './cell'
import { GridHead, type Shape } from './GridHead'
import { GridRow } from './GridRow'
import { step, type Spot } from './keys'
import type { RowPages } from './pages'
import { ROW } from './scroll'
import { useScroll, type Link } from './use-scroll'
import css from './grid.module.css'

export const HEAD = 46
export const INDEX = 84

interface GridProps {
  label: string
  columns: readonly DataColumn[]
  pages: RowPages
  total: number
  sort: RowsRequest['sort']
  onSort(column: string): void
  /** Beside a column's name, e.g. its filter. */
  tool?: (column: DataColumn) => ReactNode
  onOpen(at: number): void
  /** The row whose panel is open. */
  opened: number | null
  /** A row to bring to the top; a new object asks again. */
  target?: { row: number; near?: boolean } | null
  link?: Link | null
}

/** Rows and columns of any number; only what is in sight exists. Places count from 0 in the list that is shown. */
export function Grid(props: GridProps) {
  const { label, columns, pages, total, sort, onSort, tool, onOpen, opened, target = null, link = null } = props
  const id = useId()
  const box = useRef<HTMLDivElement>(null)
  const [spot, setSpot] = useState<Spot>({ row: 0, column: 0 })
  const [set, setWidths] = useState<ReadonlyMap<string, number>>(new Map())
  const room = useRoom(box)
  const widths = useMemo(() => widthsOf(columns, set, room - INDEX), [columns, set, room])
  const { shown, spacer, fits, reveal } = useScroll(box, total, HEAD, link)
  const across = useAcross(box, widths)
  const shape: Shape = { columns, cells: across.cells, width: across.width }

  useEffect(() => pages.want(shown.from, shown.to), [pages, shown])
  useEffect(() => {
    if (target === null) return
    setSpot((was) => ({ ...was, row: target.row }))
    reveal(target.row, target.near)
  }, [target, reveal])

  const go = (next: Spot) => {
    setSpot(next)
    reveal(next.row, true)
    across.reveal(next.column)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      if (spot.row < total) onOpen(spot.row)
      return
    }
    const next = step(event, spot, { rows: total, columns: columns.length, fits })
    if (next === null) return
    event.preventDefault()
    go(next)
  }
  const rows = Array.from({ length: shown.to - shown.from }, (_, index) => shown.from + index)
  const inSight = rows.includes(spot.row) && across.cells.some(({ at }) => at === spot.column)
  return (
    <div
      ref={box}
      className={css.grid}
      role="grid"
      aria-label={label}
      aria-rowcount={total + 1}
      aria-colcount={columns.length + 1}
      aria-activedescendant={inSight ? `${id}-${spot.row}-${spot.column}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <GridHead
        shape={shape}
        sort={sort}
        onSort={onSort}
        tool={tool}
        onWidth={(name, width) => setWidths(new Map(set).set(name, width))}
      />
      <div className={css.body} role="rowgroup" style={{ height: Math.max(spacer, ROW), width: shape.width }}>
        {rows.map((at) => (
          <GridRow
            key={at}
            id={id}
            at={at}
            y={at * ROW + shown.shift}
            row={pages.row(at)}
            shape={shape}
            column={spot.row === at ? spot.column : null}
            opened={opened === at}
            onPress={(column) => {
              setSpot({ row: at, column })
              onOpen(at)
            }}
          />
        ))}
      </div>
    </div>
  )
}

/** How wide the box is inside. */
function useRoom(box: React.RefObject<HTMLDivElement | null>): number {
  const [room, setRoom] = useState(0)
  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    const measure = new ResizeObserver(() => setRoom(element.clientWidth))
    measure.observe(element)
    setRoom(element.clientWidth)
    return () => measure.disconnect()
  }, [box])
  return room
}

/** The columns that are in sight, from left to right. */
function useAcross(box: React.RefObject<HTMLDivElement | null>, widths: readonly number[]) {
  const virtual = useVirtualizer({
    horizontal: true,
    count: widths.length,
    getScrollElement: () => box.current,
    estimateSize: (at) => widths[at] ?? 0,
    overscan: 3,
    paddingStart: INDEX,
    scrollPaddingStart: INDEX,
  })
  useLayoutEffect(() => virtual.measure(), [virtual, widths])
  const seen = virtual.getVirtualItems()
  const key = seen.map(({ index, start, size }) => `${index}:${start}:${size}`).join()
  const cells = useMemo(
    () =>
      key === ''
        ? []
        : key.split(',').map((part) => {
            const [at = 0, start = 0, size = 0] = part.split(':').map(Number)
            return { at, start, size }
          }),
    [key],
  )
  return { cells, width: virtual.getTotalSize(), reveal: (at: number) => virtual.scrollToIndex(at) }
}
