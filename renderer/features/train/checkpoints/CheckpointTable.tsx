import type { CheckpointView, RunView } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { useNow } from '../../../stores/clock'
import { PathText } from '../../../ui/parts'
import { CheckpointActions } from './CheckpointActions'
import { marksOf } from './use-text'
import train from '../train.module.css'
import css from './checkpoints.module.css'

interface CheckpointTableProps {
  run: RunView
  list: CheckpointView[]
  onTold(list: CheckpointView[]): void
  onAsk(step: number): void
}

export function CheckpointTable({ run, list, onTold, onAsk }: CheckpointTableProps) {
  const { t } = useTranslation()
  const newestFirst = [...list].sort((a, b) => b.step - a.step)
  return (
    <div className={css.scroll} tabIndex={0} role="region" aria-label={t('runs.tabs.checkpoints')}>
      <table className={`${train.table} ${css.table}`}>
        <thead>
          <tr>
            <th scope="col">{t('runs.checkpoints.columns.step')}</th>
            <th scope="col" data-number>
              {t('runs.checkpoints.columns.score')}
            </th>
            <th scope="col" data-number>
              {t('runs.checkpoints.columns.size')}
            </th>
            <th scope="col" data-spare="more">
              {t('runs.checkpoints.columns.age')}
            </th>
            <th scope="col">{t('runs.checkpoints.columns.marks')}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {newestFirst.map((one) => (
            <Row key={one.step} run={run} one={one} onTold={onTold} onAsk={onAsk} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ run, one, onTold, onAsk }: Omit<CheckpointTableProps, 'list'> & { one: CheckpointView }) {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow(false)
  return (
    <tr>
      <th scope="row">{format.count(one.step)}</th>
      <td data-number>
        {one.score === null ? '–' : <span title={one.score.key}>{format.value(one.score.value)}</span>}
      </td>
      <td data-number>{format.bytes(one.bytes)}</td>
      <td data-spare="more">
        <time title={format.time(one.createdAt)}>
          {t('common.ago', { duration: format.duration(Math.max(1000, now - one.createdAt)) })}
        </time>
      </td>
      <td className={css.wrap}>
        <span className={css.marks}>
          {marksOf(one).map((mark) => (
            <em key={mark} data-mark={mark}>
              {t(`runs.checkpoints.marks.${mark}`)}
            </em>
          ))}
        </span>
        {one.model !== null && (
          <span className={css.model}>
            <PathText path={one.model} />
          </span>
        )}
      </td>
      <td>
        <CheckpointActions run={run} one={one} onTold={onTold} onAsk={onAsk} />
      </td>
    </tr>
  )
}
