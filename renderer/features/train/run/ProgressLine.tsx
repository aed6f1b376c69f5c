import type { RunView } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { useNow } from '../../../stores/clock'
import { isLive } from '../../../stores/live'
import { Meter } from '../../../ui/parts'
import { phaseLine, shareDone, timeLeft } from './progress'
import css from './run.module.css'

/** What it is doing now and how far it is; nothing for one that is over. */
export function ProgressLine({ run }: { run: RunView }) {
  const { t } = useTranslation()
  const format = useFormat()
  const live = isLive(run.status)
  const now = useNow(live)
  if (!live) return null
  const left = timeLeft(run)
  const done = format.count(run.lastStep ?? 0)
  const counted =
    run.plannedSteps === null
      ? t('runs.stepsSoFar', { done })
      : t('runs.stepsDone', { done, total: format.count(run.plannedSteps) })
  const numbers = [
    counted,
    ...(run.secondsPerStep === null
      ? []
      : [t('runs.perStep', { duration: format.duration(run.secondsPerStep * 1000) })]),
    ...(left === null
      ? []
      : [t('runs.left', { duration: format.duration(left) }), t('runs.ready', { time: format.time(now + left) })]),
  ]
  return (
    <div className={css.progress} data-testid="run-progress">
      <PhaseText run={run} now={now} />
      <Meter label={t('runs.progress')} share={shareDone(run)} text={counted} />
      <p className={css.numbers}>{numbers.join(' · ')}</p>
    </div>
  )
}

function PhaseText({ run, now }: { run: RunView; now: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const line = phaseLine(run, now)
  if (line === null) return null
  const what = t(`runs.phases.${line.id}`)
  // How long the steps have been taken is said by the steps themselves.
  const training = line.id === 'steps'
  const doing = [
    training ? what : t('runs.phaseFor', { what, duration: format.duration(line.forMs) }),
    ...(line.usualMs === null || training ? [] : [t('runs.phaseUsual', { duration: format.duration(line.usualMs) })]),
  ].join(t('runs.phaseList'))
  const log = line.quietMs === null ? [] : [t('runs.phaseLog', { duration: format.duration(line.quietMs) })]
  return (
    <p className={css.phase} data-testid="run-phase">
      {[doing, ...log].join(t('runs.phaseAnd'))}
      {line.late && !training && <b>{t('runs.phaseLate')}</b>}
    </p>
  )
}
