import type { DataColumn, RowsRequest } from '#contract'
import {
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
  type KeyboardEvent,
  type ReactNode,
} from 'react'
import { useTranslation } from 'react-i18next'
import type { Target } from '../target'
import { inSight, placesOf } from './across'
import { widthsOf } from './cell'
import { GridHead, type Shape } from './GridHead'
import { GridRow, type RowWords } from './GridRow'
import { step, type Spot } from './keys'
import type { Link } from './link'
import { PAGE, type RowPages } from './pages'
import { ROW, spacerOf } from './scroll'
import { createScroller } from './scroller'
import css from './grid.module.css'

const HEAD = 46
const INDEX = 84

interface GridProps {
  label: string
  columns: readonly DataColumn[]
  /** Where each column's cell stands in a row; left out: as the columns do. */
  places?: readonly number[]
  pages: RowPages
  total: number
  sort: RowsRequest['sort']
  onSort(column: string): void
  /** Beside a column's name, e.g. its filter. */
  tool?: (column: DataColumn) => ReactNode
  onOpen(at: number): void
  /** The keyboard went to another row. */
  onMove?(at: number): void
  /** The row whose panel is open. */
  opened: number | null
  /** A row to bring into sight; a new object asks again. */
  target?: Target | null
  link?: Link | null
}

/** Rows and columns of any number; only what is in sight exists. Places count from 0 in the list that is shown. */
export function Grid(props: GridProps) {
  const {
    label,
    columns,
    pages,
    total,
    sort,
    onSort,
    tool,
    onOpen,
    onMove,
    opened,
    places,
    target = null,
    link = null,
  } = props
  const id = useId()
  const words = useWords()
  const box = useRef<HTMLDivElement>(null)
  const [scroller] = useState(createScroller)
  const sight = useSyncExternalStore(scroller.subscribe, scroller.sight)
  const [spot, setSpot] = useSpot(target)
  const [set, setWidths] = useState<ReadonlyMap<string, number>>(new Map())
  const { left, room, from, to } = sight
  const all = useMemo(() => placesOf(widthsOf(columns, set, room - INDEX), INDEX), [columns, set, room])
  const cells = useMemo(() => inSight(all.places, left, room), [all, left, room])
  const shape: Shape = { columns, places: places ?? null, cells, width: all.width }

  useLayoutEffect(() => {
    const element = box.current
    return element === null ? undefined : scroller.attach(element, HEAD, link)
  }, [scroller, link])
  useLayoutEffect(() => scroller.setTotal(total), [scroller, total])
  useEffect(() => pages.want(from, to), [pages, from, to])
  // Not before there are so many rows: they may still be being counted.
  const reachable = target !== null && target.row < total
  useEffect(() => {
    if (target !== null && reachable) scroller.reveal(target.row, target.near)
  }, [target, reachable, scroller])

  const go = (next: Spot) => {
    setSpot(next)
    onMove?.(next.row)
    scroller.reveal(next.row, true)
    const across = all.places[next.column]
    if (across !== undefined) scroller.revealAcross(across.start, across.start + across.size, INDEX)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      if (spot.row < total) onOpen(spot.row)
      return
    }
    const fits = Math.max(1, Math.floor(sight.view / ROW))
    const next = step(event, spot, { rows: total, columns: columns.length, fits })
    if (next === null) return
    event.preventDefault()
    go(next)
  }
  const drawn = spot.row >= from && spot.row < to && cells.some(({ at }) => at === spot.column)
  // Rows stand by their place in a block, so that moving all of them touches none.
  const block = Math.floor(from / PAGE) * PAGE
  const spacer = spacerOf({ content: total * ROW, view: 0 })
  return (
    <div
      ref={box}
      className={css.grid}
      role="grid"
      aria-label={label}
      aria-rowcount={total + 1}
      aria-colcount={columns.length + 1}
      aria-activedescendant={drawn ? `${id}-${spot.row}-${spot.column}` : undefined}
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
      <div className={css.space} role="presentation" style={{ height: Math.max(spacer, ROW), width: all.width }}>
        <div
          className={css.body}
          role="rowgroup"
          style={{ transform: `translateY(${block * ROW + sight.shift}px)`, width: all.width }}
        >
          {Array.from({ length: to - from }, (_, index) => {
            const at = from + index
            return (
              <GridRow
                key={at}
                id={id}
                at={at}
                y={(at - block) * ROW}
                row={pages.row(at)}
                shape={shape}
                words={words}
                column={spot.row === at ? spot.column : null}
                opened={opened === at}
                onPress={(column) => {
                  setSpot({ row: at, column })
                  onOpen(at)
                }}
              />
            )
          })}
        </div>
      </div>
    </div>
  )
}

function useWords(): RowWords {
  const { t, i18n } = useTranslation()
  return useMemo(() => {
    const { format } = new Intl.NumberFormat(i18n.language)
    return { nothing: t('data.look.grid.null'), empty: t('data.look.grid.empty'), count: (value) => format(value) }
  }, [t, i18n.language])
}

/** Where the keyboard is; a row that is pointed at takes it along. */
function useSpot(target: Target | null): [Spot, (spot: Spot) => void] {
  const [spot, setSpot] = useState<Spot>({ row: target?.row ?? 0, column: 0 })
  const [known, setKnown] = useState(target)
  if (known !== target) {
    setKnown(target)
    if (target !== null) setSpot({ row: target.row, column: spot.column })
  }
  return [spot, setSpot]
}
