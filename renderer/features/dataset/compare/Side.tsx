import type { DataRef, OpenedData } from '#contract'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { ErrorNotice } from '../../../ui/Notice'
import { Grid } from '../rows/Grid'
import { nextSort } from '../rows/order'
import { everything, usePages } from '../rows/use-pages'
import type { Link } from '../rows/link'
import { showRow, type Target } from '../target'
import css from './compare.module.css'

interface SideProps {
  data: DataRef
  opened: OpenedData
  /** As counted by the comparison; undefined: not yet. */
  rows: number | undefined
  hidden: ReadonlySet<string>
  link: Link | null
  target: Target | null
}

/** One of the two grids. A press on a row goes to it, whole. */
export function Side({ data, opened, rows, hidden, link, target }: SideProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const [sort, setSort] = useState(everything.sort)
  const query = useMemo(() => ({ ...everything, sort }), [sort])
  const pages = usePages(data, query, 0)
  const places = useMemo(
    () => opened.columns.flatMap(({ name }, at) => (hidden.has(name) ? [] : [at])),
    [opened.columns, hidden],
  )
  const columns = useMemo(() => opened.columns.filter(({ name }) => !hidden.has(name)), [opened.columns, hidden])
  const counted = rows ?? opened.rows
  const total = pages.length(counted)
  const title = [opened.name, opened.split].filter((part) => part !== null).join(' · ')
  return (
    <section className={css.side} aria-label={title}>
      <h2>
        {title}{' '}
        {counted !== null && <small>{t('data.look.rows', { count: counted, rows: format.count(counted) })}</small>}
      </h2>
      <ErrorNotice error={pages.error()} />
      <Grid
        label={t('data.look.grid.label', { name: title })}
        columns={columns}
        places={places}
        pages={pages}
        total={total}
        sort={sort}
        onSort={(column) => setSort(nextSort(sort, column))}
        opened={target?.row ?? null}
        onOpen={(at) => showRow(data, pages.row(at)?.index ?? at)}
        link={link}
        target={target}
      />
    </section>
  )
}
