import { Button } from '@mantine/core'
import { IconActivity, IconChevronRight } from '@tabler/icons-react'
import type { RunView } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { useNow } from '../../stores/clock'
import { newestRuns, useCore, useRun } from '../../stores/projection'
import { hrefOf } from '../../stores/route'
import { Empty } from '../../ui/parts'
import { Page, Panel } from '../../ui/Page'
import { RunStatus } from '../../ui/Status'
import { RunPage } from './RunPage'
import { isLive } from '../../stores/live'
import css from './train.module.css'

export default function RunsPage({ id }: { id: string | null }) {
  return id === null ? <RunList /> : <OneRun id={id} />
}

function OneRun({ id }: { id: string }) {
  const { t } = useTranslation()
  const run = useRun(id)
  if (run !== undefined) return <RunPage run={run} />
  return (
    <Page title={t('runs.title')}>
      <Panel>
        <Empty
          icon={IconActivity}
          title={t('runs.gone')}
          action={
            <Button component="a" href={hrefOf('runs')} variant="default">
              {t('runs.all')}
            </Button>
          }
        >
          {t('runs.goneText')}
        </Empty>
      </Panel>
    </Page>
  )
}

function RunList() {
  const { t } = useTranslation()
  const all = useCore((state) => state.runs)
  const runs = newestRuns(all)
  return (
    <Page title={t('runs.title')} lead={t('runs.lead')}>
      {runs.length === 0 ? (
        <Panel>
          <Empty
            icon={IconActivity}
            title={t('runs.emptyTitle')}
            action={
              <Button component="a" href={hrefOf('practice')}>
                {t('runs.emptyAction')}
              </Button>
            }
          >
            {t('runs.emptyText')}
          </Empty>
        </Panel>
      ) : (
        <Panel flush className={css.listPanel}>
          <RunTable runs={runs} />
        </Panel>
      )}
    </Page>
  )
}

function RunTable({ runs }: { runs: RunView[] }) {
  const { t } = useTranslation()
  const now = useNow(runs.some(({ status }) => isLive(status)))
  return (
    <table className={css.table}>
      <caption className="hidden-visually">{t('runs.count', { count: runs.length })}</caption>
      <thead>
        <tr>
          <th scope="col">{t('runs.columns.name')}</th>
          <th scope="col">{t('runs.columns.status')}</th>
          <th scope="col" data-number>
            {t('runs.columns.step')}
          </th>
          <th scope="col" data-number>
            {t('runs.columns.reward')}
          </th>
          <th scope="col">{t('runs.columns.started')}</th>
          <th scope="col">{t('runs.columns.time')}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <RunRow key={run.id} run={run} now={now} />
        ))}
      </tbody>
    </table>
  )
}

function RunRow({ run, now }: { run: RunView; now: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const done = run.lastStep === null ? '–' : format.count(run.lastStep)
  const steps = run.plannedSteps === null ? done : `${done} / ${format.count(run.plannedSteps)}`
  return (
    <tr>
      <th scope="row">
        <a href={hrefOf('runs', run.id)}>{run.name}</a>
        <span>{t(`runs.trainers.${run.trainer}`)}</span>
      </th>
      <td>
        <RunStatus status={run.status} />
      </td>
      <td data-number>{steps}</td>
      <td data-number>{run.lastReward === null ? '–' : format.value(run.lastReward)}</td>
      <td>{format.time(run.createdAt)}</td>
      <td>
        {run.endedAt === null && !isLive(run.status) ? '–' : format.duration((run.endedAt ?? now) - run.createdAt)}
      </td>
      <td>
        <IconChevronRight size={17} stroke={1.8} aria-hidden />
      </td>
    </tr>
  )
}
