import { IconCircleCheckFilled, IconCircleXFilled } from '@tabler/icons-react'
import type { Plan } from '#contract'
import { useTranslation } from 'react-i18next'
import { Track } from './MemoryBars'
import css from './peak.module.css'

/** The fullest phase, kept in view, so that a change of any value is seen to move it. */
export function PeakBar({ plan: { memory, runnable } }: { plan: Plan }) {
  const { t } = useTranslation()
  if (memory === null) return null
  const { gpu } = memory
  const peak = gpu.phases.find(({ totalBytes }) => totalBytes === gpu.peakBytes)
  if (peak === undefined) return null
  const bytes = Math.abs(gpu.headroomBytes)
  const Shape = runnable ? IconCircleCheckFilled : IconCircleXFilled
  const name = t('plan.memory.gpu')
  const phase = t(`plan.memory.phases.${peak.phase}`)
  return (
    <div
      className={css.peak}
      role="img"
      aria-label={t('plan.memory.summary', { name, phase, peak: gpu.peakBytes, budget: gpu.budgetBytes })}
      data-testid="plan-peak"
      data-peak={gpu.peakBytes}
      data-runnable={runnable}
    >
      <Shape size={17} aria-hidden />
      <div className={css.peakTrack}>
        <Track side={gpu} parts={peak.parts} />
      </div>
      <span className={css.peakText} data-short={gpu.headroomBytes < 0 || undefined}>
        {gpu.headroomBytes < 0 ? t('plan.memory.over', { bytes }) : t('plan.memory.spare', { bytes })}
      </span>
    </div>
  )
}
