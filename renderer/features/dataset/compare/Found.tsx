import { Select } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import type { DataComparison, OpenedData } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import type { Watching } from '../../../stores/watched'
import { Panel } from '../../../ui/Page'
import { Meter } from '../../../ui/parts'
import { useAmount } from '../open/amount'
import { Differences } from './Differences'
import css from './compare.module.css'

interface FoundProps {
  comparing: Watching<DataComparison>
  openedA: OpenedData
  openedB: OpenedData
  column: string | null
  onColumn(column: string | null): void
  onPair(a: number, b: number): void
}

/** The two answers of a comparison: which rows are in both, and how the columns differ. */
export function Found({ comparing, openedA, openedB, column, onColumn, onPair }: FoundProps) {
  const { t } = useTranslation()
  const { value, busy, progress } = comparing
  const amount = useAmount(progress)
  const share = progress?.total == null || progress.total === 0 ? null : progress.done / progress.total
  const common = openedA.columns.map(({ name }) => name).filter((name) => openedB.columns.some((b) => b.name === name))
  const by = (
    <Select
      size="xs"
      className={css.by ?? ''}
      aria-label={t('data.look.compare.by')}
      placeholder={t('data.look.compare.by')}
      data={common}
      value={column ?? value?.column ?? null}
      comboboxProps={{ withinPortal: false }}
      onChange={onColumn}
    />
  )
  return (
    <div className={css.found}>
      <Panel title={t('data.look.compare.shared')} {...(common.length === 0 ? {} : { actions: by })}>
        {busy && (
          <div className={css.counting}>
            <span className="num">
              {t('data.look.compare.comparing')} {amount}
            </span>
            <Meter label={t('data.look.compare.comparing')} share={share} />
          </div>
        )}
        {value !== null && !busy && <Shared value={value} onPair={onPair} />}
      </Panel>
      <Panel title={t('data.look.compare.schema')}>
        <Differences columnsA={openedA.columns} columnsB={openedB.columns} value={value} />
      </Panel>
    </div>
  )
}

function Shared({ value, onPair }: { value: DataComparison; onPair(a: number, b: number): void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { shared, rows, column, examples } = value
  if (column === null) return <p className={css.quiet}>{t('data.look.compare.noCommon')}</p>
  const Shape = shared === 0 ? IconCircleCheck : IconAlertTriangle
  return (
    <>
      <p className={css.verdict} data-tone={shared === 0 ? 'ok' : 'warn'}>
        <Shape size={19} stroke={1.8} aria-hidden />
        {shared === 0
          ? t('data.look.compare.nothingShared', { column })
          : t('data.look.compare.someShared', {
              count: shared,
              rows: format.count(shared),
              all: format.count(rows.b),
              column,
            })}
      </p>
      {examples.length > 0 && (
        <ul className={css.examples}>
          {examples.map(({ a, b, text }) => (
            <li key={`${a}-${b}`}>
              <button type="button" onClick={() => onPair(a, b)}>
                <span>{text}</span>
                <small>{t('data.look.compare.pair', { a: format.count(a), b: format.count(b) })}</small>
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
