import { Tooltip } from '@mantine/core'
import type { MemoryPart, MemorySide } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { partOrder, scaleOf } from './facts'
import css from './memory.module.css'

const percent = (bytes: number, of: number) => `${((bytes / of) * 100).toFixed(3)}%`

interface BarsProps {
  side: MemorySide
  picked: MemoryPart | null
  onPick(part: MemoryPart): void
}

/** One bar a phase, on one scale. The line is what may be used; the hatching behind it is kept free. */
export function MemoryBars({ side, picked, onPick }: BarsProps) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <div className={css.bars} aria-hidden>
      {side.phases.map(({ phase, parts, totalBytes }) => (
        <div key={phase} className={css.row} data-peak={totalBytes === side.peakBytes || undefined}>
          <Tooltip label={t(`plan.memory.phaseText.${phase}`)} multiline maw={260} position="top-start">
            <span className={css.phase}>{t(`plan.memory.phases.${phase}`)}</span>
          </Tooltip>
          <Track side={side} parts={parts} picked={picked} onPick={onPick} />
          <span className={css.total} data-short={totalBytes > side.budgetBytes || undefined}>
            {format.memory(totalBytes)}
          </span>
        </div>
      ))}
    </div>
  )
}

interface TrackProps {
  side: MemorySide
  parts: MemorySide['phases'][number]['parts']
  picked?: MemoryPart | null
  onPick?(part: MemoryPart): void
}

/** Parts that hold nothing now are there with no width, so that they can grow. */
export function Track({ side, parts, picked = null, onPick }: TrackProps) {
  const scale = scaleOf(side)
  return (
    <div className={css.track}>
      <div className={css.kept} style={{ left: percent(side.budgetBytes, scale) }} />
      <div className={css.segments}>
        {partOrder.map((part) => (
          <div
            key={part}
            className={css.segment}
            data-part={part}
            data-faded={(picked !== null && picked !== part) || undefined}
            style={{ width: percent(parts[part] ?? 0, scale) }}
            onMouseEnter={() => onPick?.(part)}
          />
        ))}
      </div>
      <div className={css.budget} style={{ left: percent(side.budgetBytes, scale) }} />
    </div>
  )
}
