import { IconArrowLeft } from '@tabler/icons-react'
import type { RunView } from '#contract'
import { useTranslation } from 'react-i18next'
import { RunCharts } from '../../charts/RunCharts'
import { useFormat } from '../../i18n'
import { useNow } from '../../stores/clock'
import { useGpuUse } from '../../stores/gpu-use'
import { useCore } from '../../stores/projection'
import { hrefOf } from '../../stores/route'
import { Log } from '../../terminal/Log'
import { Fact, Facts, PathText, Stat, Stats } from '../../ui/parts'
import { Notice } from '../../ui/Notice'
import { Page, Panel } from '../../ui/Page'
import { RunStatus } from '../../ui/Status'
import { RunActions } from './RunActions'
import { isLive } from '../../stores/live'
import css from './train.module.css'

export function RunPage({ run }: { run: RunView }) {
  const { t } = useTranslation()
  return (
    <Page
      wide
      title={run.name}
      above={
        <a className={css.backLink} href={hrefOf('runs')}>
          <IconArrowLeft size={16} stroke={1.8} aria-hidden />
          {t('runs.all')}
        </a>
      }
      beside={<RunStatus status={run.status} testId="run-status" />}
      actions={<RunActions run={run} />}
    >
      <Ending run={run} />
      <Numbers run={run} />
      <div className={css.watch}>
        <RunCharts id={run.id} live={isLive(run.status)} />
        <Log kind="runs" id={run.id} title={t('log.title')} />
      </div>
      <Panel>
        <Facts>
          <Fact name={t('runs.trainer')}>{t(`runs.trainers.${run.trainer}`)}</Fact>
          <Fact name={t('runs.folder')}>
            <PathText path={run.folder} />
          </Fact>
        </Facts>
      </Panel>
    </Page>
  )
}

/** How a run that is over came to its end, when that is worth a word. */
function Ending({ run }: { run: RunView }) {
  const { t } = useTranslation()
  if (run.status === 'starting') return <Notice tone="info">{t('runs.starting')}</Notice>
  if (run.status === 'lost') return <Notice tone="warn">{t('runs.lost')}</Notice>
  if (run.status !== 'failed') return null
  const { exit } = run
  const title =
    exit?.signal != null
      ? t('runs.exitSignal', { signal: exit.signal })
      : exit?.code != null
        ? t('runs.exitCode', { code: exit.code })
        : t('runStatus.failed')
  return (
    <Notice tone="bad" title={title}>
      {t('runs.failed')}
    </Notice>
  )
}

function Numbers({ run }: { run: RunView }) {
  const { t } = useTranslation()
  const format = useFormat()
  const live = isLive(run.status)
  const now = useNow(live)
  const over = run.endedAt === null && !live
  return (
    <Stats>
      <Stat name={t('runs.step')}>
        {run.lastStep === null ? '–' : format.count(run.lastStep)}
        {run.plannedSteps !== null && <small> / {format.count(run.plannedSteps)}</small>}
      </Stat>
      <Stat name={t('runs.reward')}>{run.lastReward === null ? '–' : format.value(run.lastReward)}</Stat>
      <Stat name={t('runs.time')}>{over ? '–' : format.duration((run.endedAt ?? now) - run.createdAt)}</Stat>
      <Stat name={t('runs.started')}>{format.time(run.createdAt)}</Stat>
      {live && <Cards />}
    </Stats>
  )
}

/** What the cards do while the run trains; none on a machine without. */
function Cards() {
  const format = useFormat()
  const cards = useCore(({ machine }) => (machine?.gpus.state === 'found' ? machine.gpus.value : null))
  const now = useGpuUse(cards !== null).at(-1)
  return now?.gpus.map(({ index, utilization, memoryUsedBytes, memoryTotalBytes, temperatureC }) => {
    const details = [
      `${format.memory(memoryUsedBytes)} / ${format.memory(memoryTotalBytes)}`,
      ...(temperatureC === null ? [] : [`${temperatureC} °C`]),
    ]
    return (
      <Stat key={index} name={cards?.find((card) => card.index === index)?.name ?? `GPU ${index}`}>
        {utilization === null ? '–' : `${utilization} %`}
        <small> {details.join(' · ')}</small>
      </Stat>
    )
  })
}
