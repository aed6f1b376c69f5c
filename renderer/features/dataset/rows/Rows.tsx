import type { DataRef, OpenedData } from '#contract'
import { IconFilterOff } from '@tabler/icons-react'
import { useDeferredValue, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@mantine/core'
import { OpenProblem } from '../open/OpenProblem'
import { useReopen } from '../open/reopen'
import { useTarget } from '../target'
import { useDataset } from '../store'
import { FilterButton } from './FilterButton'
import { Grid } from './Grid'
import { nextSort } from './order'
import { RowPanel } from './RowPanel'
import { Toolbar } from './Toolbar'
import { everything, isNarrowed, usePages, type Query } from './use-pages'
import css from './rows.module.css'

export function Rows() {
  const data = useDataset((store) => store.data)
  const opened = useDataset((store) => store.opened)
  return data === null || opened === null ? null : <Table data={data} opened={opened} />
}

/** The rows as a grid, and beside it the one that was opened, whole. */
function Table({ data, opened }: { data: DataRef; opened: OpenedData }) {
  const { t } = useTranslation()
  const [query, setQuery] = useState<Query>(everything)
  const [target, setTarget] = useTarget()
  const { round, again } = useReopen()
  const [open, setOpen] = useState<number | null>(target?.row ?? null)
  const pages = usePages(data, query, round)
  const narrowed = isNarrowed(query)
  const area = useRef<HTMLDivElement>(null)
  const total = pages.length(narrowed ? null : opened.rows)
  const shownTotal = useDeferredValue(total)
  const change = (next: Query) => {
    setOpen(null)
    setTarget({ row: 0 })
    setQuery(next)
  }
  const sort = (column: string) => change({ ...query, sort: nextSort(query.sort, column) })
  const counted = pages.total() !== null || (!narrowed && opened.rows !== null)
  const nothing = total === 0 && pages.total() === 0
  // The number is the row's in the files; among the found ones it would be another.
  const jump = (row: number) => {
    setQuery(everything)
    setTarget({ row })
    setOpen(row)
  }
  const index = useIndex(open, open === null ? undefined : pages.row(open)?.index)
  const close = () => {
    setOpen(null)
    area.current?.querySelector<HTMLElement>('[role="grid"]')?.focus()
  }
  return (
    <>
      <Toolbar query={query} onChange={change} total={counted ? total : null} all={opened.rows} onJump={jump} />
      <OpenProblem data={data} tab="rows" error={pages.error()} again={again} />
      <div
        ref={area}
        className={css.area}
        data-split={open !== null || undefined}
        onKeyDown={({ key }) => key === 'Escape' && open !== null && close()}
      >
        {nothing ? (
          <Nothing onClear={narrowed ? () => change({ ...everything, sort: query.sort }) : null} />
        ) : (
          <Grid
            label={t('data.look.grid.label', { name: opened.name })}
            columns={opened.columns}
            pages={pages}
            total={shownTotal}
            sort={query.sort}
            onSort={sort}
            tool={(column) => <FilterButton column={column} query={query} onChange={change} />}
            opened={open}
            onOpen={setOpen}
            onMove={(row) => open !== null && setOpen(row)}
            target={target}
          />
        )}
        {open !== null && (
          <RowPanel
            data={data}
            columns={opened.columns}
            index={index}
            at={open}
            total={total}
            onMove={(row) => {
              setOpen(row)
              setTarget({ row, near: true })
            }}
            onClose={close}
          />
        )}
      </div>
    </>
  )
}

/** A row's index stays known while its page is scrolled past and let go. */
function useIndex(at: number | null, index: number | undefined): number | null {
  const [known, setKnown] = useState({ at, index })
  if (index !== undefined && (known.at !== at || known.index !== index)) setKnown({ at, index })
  return index ?? (known.at === at ? (known.index ?? null) : null)
}

function Nothing({ onClear }: { onClear: (() => void) | null }) {
  const { t } = useTranslation()
  return (
    <div className={css.nothing} role="status">
      <IconFilterOff size={28} stroke={1.5} aria-hidden />
      <p>{t(onClear === null ? 'data.look.grid.noRows' : 'data.look.grid.none')}</p>
      {onClear !== null && (
        <Button variant="default" size="xs" onClick={onClear}>
          {t('data.look.search.clear')}
        </Button>
      )}
    </div>
  )
}
