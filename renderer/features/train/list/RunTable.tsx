import { Checkbox } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import type { RunView } from '#contract'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { useNow } from '../../../stores/clock'
import { isLive } from '../../../stores/live'
import { hrefOf } from '../../../stores/route'
import { RunStatus } from '../../../ui/Status'
import { languageOf } from '../../diagnosis/manual-text'
import { timeLeft } from '../run/progress'
import type { Group } from './groups'
import train from '../train.module.css'
import css from './list.module.css'

interface RunTableProps {
  groups: { group: Group; runs: RunView[] }[]
  picked: string[]
  onPick(id: string): void
}

const COLUMNS = 9

export function RunTable({ groups, picked, onPick }: RunTableProps) {
  const { t } = useTranslation()
  const all = groups.flatMap(({ runs }) => runs)
  const now = useNow(all.some(({ status }) => isLive(status)))
  return (
    <table className={train.table}>
      <caption className="hidden-visually">{t('runs.count', { count: all.length })}</caption>
      <thead>
        <tr>
          <td>
            <span className="hidden-visually">{t('runs.columns.compare')}</span>
          </td>
          <th scope="col">{t('runs.columns.name')}</th>
          <th scope="col">{t('runs.columns.status')}</th>
          <th scope="col" data-number>
            {t('runs.columns.step')}
          </th>
          <th scope="col" data-number>
            {t('runs.columns.reward')}
          </th>
          <th scope="col" data-number data-spare="more">
            {t('runs.columns.best')}
          </th>
          <th scope="col" data-spare>
            {t('runs.columns.started')}
          </th>
          <th scope="col">{t('runs.columns.time')}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {groups.map(({ group, runs }) => (
          <Fragment key={group}>
            {groups.length > 1 && (
              <tr className={css.group}>
                <th scope="rowgroup" colSpan={COLUMNS}>
                  {t(`runs.groups.${group}`)}
                </th>
              </tr>
            )}
            {runs.map((run) => (
              <RunRow key={run.id} run={run} now={now} picked={picked.includes(run.id)} onPick={onPick} />
            ))}
          </Fragment>
        ))}
      </tbody>
    </table>
  )
}

interface RunRowProps {
  run: RunView
  now: number
  picked: boolean
  onPick(id: string): void
}

function RunRow({ run, now, picked, onPick }: RunRowProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const done = run.lastStep === null ? '–' : format.count(run.lastStep)
  const steps = run.plannedSteps === null ? done : `${done} / ${format.count(run.plannedSteps)}`
  return (
    <tr>
      <td className={css.pick}>
        <Checkbox
          size="xs"
          aria-label={t('runs.pick', { name: run.name })}
          checked={picked}
          onChange={() => onPick(run.id)}
        />
      </td>
      <th scope="row">
        <a href={hrefOf('runs', run.id)}>{run.name}</a>
        <span>{t(`runs.trainers.${run.trainer}`)}</span>
        {run.unseen && <em className={css.unseen}>{t('runs.unseen')}</em>}
      </th>
      <td>
        <RunStatus status={run.status} />
        <Doing run={run} />
      </td>
      <td data-number>{steps}</td>
      <td data-number>{run.lastReward === null ? '–' : format.value(run.lastReward)}</td>
      <td data-number data-spare="more">
        {run.best === null ? '–' : format.value(run.best.value)}
      </td>
      <td data-spare>{format.time(run.createdAt)}</td>
      <td>
        <Time run={run} now={now} />
      </td>
      <td>
        <IconChevronRight size={17} stroke={1.8} aria-hidden />
      </td>
    </tr>
  )
}

/** Below the status: the place in the queue, what it is busy with, or what it died of. */
function Doing({ run: { queued, phase, verdict } }: { run: RunView }) {
  const { t, i18n } = useTranslation()
  if (verdict?.title != null) return <span className={css.cause}>{verdict.title[languageOf(i18n.language)]}</span>
  if (queued !== null) return <span className={css.more}>{t('runs.place', { place: queued })}</span>
  if (phase === null || phase.id === 'steps') return null
  return <span className={css.more}>{t(`runs.phases.${phase.id}`)}</span>
}

function Time({ run, now }: { run: RunView; now: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const left = timeLeft(run)
  if (run.endedAt === null && !isLive(run.status)) return '–'
  return (
    <>
      {format.duration((run.endedAt ?? now) - run.createdAt)}
      {left !== null && <span className={css.more}>{t('runs.left', { duration: format.duration(left) })}</span>}
    </>
  )
}
