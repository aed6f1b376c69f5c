import type { RunView } from '#contract'
import { useTranslation } from 'react-i18next'
import { RunCharts } from '../../../charts/RunCharts'
import { useFormat } from '../../../i18n'
import { useNow } from '../../../stores/clock'
import { useGpuUse } from '../../../stores/gpu-use'
import { isLive } from '../../../stores/live'
import { useCore } from '../../../stores/projection'
import { Log } from '../../../terminal/Log'
import { Findings } from '../../../ui/Findings'
import { Stat, Stats } from '../../../ui/parts'
import css from '../train.module.css'

/** Numbers, charts and the log. */
export function Overview({ run }: { run: RunView }) {
  const { t } = useTranslation()
  return (
    <>
      <Findings findings={run.findings} />
      <div className={css.numbers}>
        <Numbers run={run} />
      </div>
      <div className={css.watch}>
        <RunCharts id={run.id} live={isLive(run.status)} />
        <Log kind="runs" id={run.id} title={t('log.title')} />
      </div>
    </>
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
      {run.best !== null && (
        <Stat name={t('runs.best')}>
          {format.value(run.best.value)}
          <small> {t('runs.bestAt', { step: format.count(run.best.step) })}</small>
        </Stat>
      )}
      <Stat name={t('runs.time')}>{over ? '–' : format.duration((run.endedAt ?? now) - run.createdAt)}</Stat>
      <Stat name={t('runs.started')}>{format.time(run.createdAt)}</Stat>
      {live && run.cluster === null && <Cards />}
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
