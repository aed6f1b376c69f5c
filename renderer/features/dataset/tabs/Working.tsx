import { Button } from '@mantine/core'
import type { Watching } from '../../../stores/watched'
import { Meter } from '../../../ui/parts'
import { useAmount } from '../open/amount'
import css from './work.module.css'

interface WorkingProps {
  label: string
  progress: Watching<unknown>['progress']
  /** null: leaving is the only way out. */
  stop?: { label: string; onStop(): void } | undefined
}

/** Something is being counted: how far it is, and the way to stop it. */
export function Working({ label, progress, stop }: WorkingProps) {
  const amount = useAmount(progress)
  const share = progress?.total == null || progress.total === 0 ? null : progress.done / progress.total
  return (
    <div className={css.working} role="status">
      <span className="num">
        {label} {amount}
      </span>
      <Meter label={label} share={share} />
      {stop !== undefined && (
        <Button size="compact-sm" variant="default" onClick={stop.onStop}>
          {stop.label}
        </Button>
      )}
    </div>
  )
}
