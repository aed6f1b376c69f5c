import { ActionIcon } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import type { AppErrorData, Cell, DataRecipe, DataRef, MappedRow, OpenedData } from '#contract'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toAppError } from '../../../api/errors'
import { client } from '../../../api/session'
import { useFormat } from '../../../i18n'
import { Findings } from '../../../ui/Findings'
import { ErrorNotice } from '../../../ui/Notice'
import { Panel } from '../../../ui/Page'
import { ValueView } from '../value/ValueView'
import { useLater } from './use-later'
import map from './map.module.css'
import css from './work.module.css'

const RESTS_MS = 250
const PAGE = 20

interface PreviewProps {
  data: DataRef
  recipe: DataRecipe
  opened: OpenedData
}

/** One row as it is, and as it will be written; it follows every change of the recipe. */
export function MapPreview({ data, recipe, opened }: PreviewProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const [at, setAt] = useState(0)
  const { rows, error } = useMapped(data, useLater(recipe, RESTS_MS), at - (at % PAGE))
  const shown = rows?.[at % PAGE] ?? null
  const problems = (rows ?? []).filter(({ problem }) => problem !== null).length
  const source = useSource(data, shown?.index ?? null)
  const last =
    opened.rows !== null ? at >= opened.rows - 1 : rows !== null && rows.length < PAGE && at % PAGE >= rows.length - 1
  const step = (by: number, label: string, Shape: typeof IconChevronLeft, disabled: boolean) => (
    <ActionIcon variant="default" aria-label={label} disabled={disabled} onClick={() => setAt(at + by)}>
      <Shape size={16} aria-hidden />
    </ActionIcon>
  )
  return (
    <Panel
      title={t('data.work.map.preview')}
      className={map.preview}
      actions={
        <>
          <span className="num">{t('data.work.map.rowAt', { row: format.count(shown?.index ?? at) })}</span>
          {step(-1, t('data.work.previousRow'), IconChevronLeft, at === 0)}
          {step(1, t('data.work.nextRow'), IconChevronRight, last)}
        </>
      }
    >
      <div className={css.stack} aria-live="polite">
        <ErrorNotice error={error} />
        {problems > 0 && (
          <p className={map.problems}>{t('data.work.map.problems', { count: problems, rows: rows?.length ?? 0 })}</p>
        )}
        {shown?.problem != null && <Findings findings={[shown.problem]} />}
        {shown !== null && (
          <div className={map.pair}>
            <Side title={t('data.work.map.before')} entries={source === null ? [] : zip(opened, source, recipe)} />
            {shown.row !== null && (
              <Side title={t('data.work.map.after')} entries={Object.entries(shown.row)} written />
            )}
          </div>
        )}
      </div>
    </Panel>
  )
}

/** The columns that the recipe takes something from; while it takes nothing, all of them. */
function zip({ columns }: OpenedData, cells: Cell[], recipe: DataRecipe): [string, Cell][] {
  const all = columns.map(({ name }, index): [string, Cell] => [name, cells[index] ?? null])
  const paths = [...Object.values(recipe.columns), ...recipe.keep]
  const used = all.filter(([name]) =>
    paths.some((path) => path === name || path?.startsWith(`${name}.`) || path?.startsWith(`${name}[`)),
  )
  return used.length === 0 ? all : used
}

function Side({ title, entries, written = false }: { title: string; entries: [string, Cell][]; written?: boolean }) {
  return (
    <section className={map.side} data-written={written || undefined} aria-label={title}>
      <h3>{title}</h3>
      <dl>
        {entries.map(([name, cell]) => (
          <div key={name}>
            <dt>
              <code>{name}</code>
            </dt>
            <dd>
              <ValueView value={cell} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

/** The last rows stay until the new ones are there. */
function useMapped(data: DataRef, recipe: DataRecipe, from: number) {
  const [held, setHeld] = useState<{ rows: MappedRow[] | null; error: AppErrorData | null }>({
    rows: null,
    error: null,
  })
  useEffect(() => {
    const leaving = new AbortController()
    client()
      .dataset.map({ data, recipe, split: 'train', from, count: PAGE }, { signal: leaving.signal })
      .then((rows) => !leaving.signal.aborted && setHeld({ rows, error: null }))
      .catch((thrown: unknown) => !leaving.signal.aborted && setHeld({ rows: null, error: toAppError(thrown) }))
    return () => leaving.abort()
  }, [data, recipe, from])
  return held
}

/** The row itself, uncut; null: not there yet. */
function useSource(data: DataRef, index: number | null): Cell[] | null {
  const [held, setHeld] = useState<{ index: number; cells: Cell[] } | null>(null)
  useEffect(() => {
    if (index === null) return
    const leaving = new AbortController()
    client()
      .dataset.row({ data, index }, { signal: leaving.signal })
      .then((cells) => !leaving.signal.aborted && setHeld({ index, cells }))
      // The mapped row beside it says what is wrong with the data.
      .catch(() => !leaving.signal.aborted && setHeld(null))
    return () => leaving.abort()
  }, [data, index])
  return held === null || held.index !== index ? null : held.cells
}
