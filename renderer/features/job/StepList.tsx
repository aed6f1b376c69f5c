import type { Progress, StepView } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { useNow } from '../../stores/clock'
import { Findings } from '../../ui/Findings'
import { Meter } from '../../ui/parts'
import { StepIcon } from '../../ui/Status'
import { amounts, silentFor, type Amounts } from './progress'
import css from './job.module.css'

export function StepList({ steps, label }: { steps: StepView[]; label: string }) {
  return (
    <ol className={css.steps} aria-label={label}>
      {steps.map((step) => (
        <Step key={step.id} step={step} />
      ))}
    </ol>
  )
}

function Step({ step }: { step: StepView }) {
  const { t } = useTranslation()
  const running = step.status === 'running'
  return (
    <li
      className={css.step}
      data-testid={`step-${step.id}`}
      data-status={step.status}
      aria-current={running ? 'step' : undefined}
    >
      <span className={css.stepIcon}>
        <StepIcon status={step.status} />
      </span>
      <div className={css.stepBody}>
        <div className={css.stepHead}>
          <h3>{t(`steps.${step.id}`)}</h3>
          <StepTime step={step} />
        </div>
        {running && step.progress !== null && <StepProgress step={step} progress={step.progress} />}
        {step.findings.length > 0 && (
          <div className={css.stepFindings}>
            <Findings findings={step.findings} />
          </div>
        )}
      </div>
    </li>
  )
}

function StepTime({ step }: { step: StepView }) {
  const { t } = useTranslation()
  const format = useFormat()
  const running = step.status === 'running'
  const now = useNow(running)
  const word = t(`stepStatus.${step.status}`)
  const long = step.startedAt === null ? null : (step.endedAt ?? now) - step.startedAt
  // A finished step says how long it took; its icon already says that it is done.
  const shown = long !== null && (running || step.status === 'done') ? format.duration(long) : null
  return (
    <p className={css.stepTime}>
      <span className={shown === null ? undefined : 'hidden-visually'}>{word}</span>
      {shown !== null && <span className="num">{shown}</span>}
    </p>
  )
}

/** When the count last moved, seen from here; as exact as the clock's tick. */
function useLastMove(done: number, now: number): number {
  const [moved, setMoved] = useState({ done, at: now })
  if (moved.done !== done) setMoved({ done, at: now })
  return moved.at
}

function useProgressText(progress: Progress): { main: string; rate: string | null; left: string | null } {
  const { t } = useTranslation()
  const format = useFormat()
  const { unit } = progress
  const say = ({ kind, value }: Amounts[number]) => {
    if (unit === 'bytes') return format.bytes(value)
    if (kind === 'rate') return `${format.value(value)} ${t(`units.${unit}`)}`
    return format.count(value)
  }
  const found = new Map(amounts(progress).map((amount) => [amount.kind, amount]))
  const done = found.get('done')
  const total = found.get('total')
  const rate = found.get('rate')
  const left = found.get('left')
  const counted = [done, total].filter((amount) => amount !== undefined).map(say)
  const main = counted.length === 2 ? t('common.of', { done: counted[0], total: counted[1] }) : (counted[0] ?? '')
  return {
    main: unit === 'bytes' ? main : `${main} ${t(`units.${unit}`)}`,
    rate: rate === undefined ? null : t('common.perSecond', { amount: say(rate) }),
    left: left === undefined ? null : t('practice.left', { duration: format.duration(left.value) }),
  }
}

function StepProgress({ step, progress }: { step: StepView; progress: Progress }) {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow(true)
  const moved = useLastMove(progress.done, now)
  const silent = silentFor(now, moved)
  const { main, rate, left } = useProgressText(progress)
  const { total, done, what } = progress
  const share = total === null || total === 0 ? null : done / total
  const numbers = [main, silent === null ? rate : null, silent === null ? left : null].filter((part) => part !== null)
  return (
    <div className={css.progress}>
      <Meter label={t(`steps.${step.id}`)} share={share} text={main} tone={silent === null ? 'accent' : 'warn'} />
      <p className={css.numbers}>{numbers.join(' · ')}</p>
      {silent === null ? (
        what !== null && <p className={css.what}>{what}</p>
      ) : (
        <p className={css.silent}>
          {what === null
            ? t('practice.silent', { duration: format.duration(silent) })
            : t('practice.waitsFor', { duration: format.duration(silent), what })}
        </p>
      )}
    </div>
  )
}
