import { Button } from '@mantine/core'
import type { DataProfile, DataRef } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { useWatched } from '../../../stores/watched'
import { ErrorNotice, Notice } from '../../../ui/Notice'
import { Meter, Stat, Stats } from '../../../ui/parts'
import { useAmount } from '../open/amount'
import { useReopen } from '../open/reopen'
import { keyOf } from '../refs'
import { useDataset } from '../store'
import { showRow } from '../target'
import { ColumnCard } from './ColumnCard'
import css from './profile.module.css'

export function Profile() {
  const data = useDataset((store) => store.data)
  return data === null ? null : <Counted key={keyOf(data)} data={data} />
}

/** Every column in numbers, and the rows that are there twice. */
function Counted({ data }: { data: DataRef }) {
  const { t } = useTranslation()
  const { round, again } = useReopen()
  const { value, progress, busy, error } = useWatched(`${keyOf(data)}/${round}`, (core, signal) =>
    core.dataset.profile(data, { signal }),
  )
  const amount = useAmount(progress)
  const share = progress?.total == null || progress.total === 0 ? null : progress.done / progress.total
  return (
    <>
      <ErrorNotice
        error={error}
        actions={
          <Button size="xs" onClick={again}>
            {t('data.look.problem.retry')}
          </Button>
        }
      />
      {busy && (
        <div className={css.counting}>
          <span className="num">
            {t('data.look.profile.counting')} {amount}
          </span>
          <Meter label={t('data.look.profile.counting')} share={share} />
        </div>
      )}
      {value !== null && <Sheet data={data} profile={value} />}
    </>
  )
}

function Sheet({ data, profile }: { data: DataRef; profile: DataProfile }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { rows, columns, duplicates } = profile
  const nulls = columns.reduce((sum, column) => sum + column.nulls, 0)
  return (
    <>
      <Stats>
        <Stat name={t('data.look.profile.rows')}>{format.count(rows)}</Stat>
        <Stat name={t('data.look.profile.columns')}>{format.count(columns.length)}</Stat>
        <Stat name={t('data.look.profile.nulls')}>{format.count(nulls)}</Stat>
        <Stat name={t('data.look.profile.duplicates')}>{format.count(duplicates.rows)}</Stat>
      </Stats>
      <Duplicates data={data} duplicates={duplicates} />
      <div className={css.cards}>
        {columns.map((column) => (
          <ColumnCard key={column.name} column={column} rows={rows} />
        ))}
      </div>
    </>
  )
}

function Duplicates({ data, duplicates }: { data: DataRef; duplicates: DataProfile['duplicates'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (duplicates.rows === 0) return null
  return (
    <Notice
      tone="warn"
      title={t('data.look.profile.duplicated', { count: duplicates.rows, rows: format.count(duplicates.rows) })}
    >
      <p>{t('data.look.profile.duplicatedText')}</p>
      <ul className={css.groups}>
        {duplicates.examples.slice(0, 12).map((group) => (
          <li key={group.join()}>
            {group.slice(0, 6).map((index) => (
              <button
                key={index}
                type="button"
                aria-label={t('data.look.profile.goTo', { row: format.count(index) })}
                onClick={() => showRow(data, index)}
              >
                {format.count(index)}
              </button>
            ))}
            {group.length > 6 && <span>+{format.count(group.length - 6)}</span>}
          </li>
        ))}
      </ul>
    </Notice>
  )
}
