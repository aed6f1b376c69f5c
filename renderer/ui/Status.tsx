import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconHistory,
  IconLoader2,
  IconPlayerStop,
  IconPlugConnectedX,
  IconXboxX,
  type Icon,
} from '@tabler/icons-react'
import type { RunView, StepView } from '#contract'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import css from './ui.module.css'

type Tone = 'ok' | 'warn' | 'bad' | 'live' | 'quiet'
interface Look {
  icon: Icon
  tone: Tone
  spin?: boolean
}

const runLooks: Record<RunView['status'], Look> = {
  queued: { icon: IconCircleDashed, tone: 'quiet' },
  starting: { icon: IconLoader2, tone: 'live', spin: true },
  running: { icon: IconLoader2, tone: 'live', spin: true },
  stopping: { icon: IconLoader2, tone: 'warn', spin: true },
  finished: { icon: IconCircleCheck, tone: 'ok' },
  failed: { icon: IconXboxX, tone: 'bad' },
  stopped: { icon: IconPlayerStop, tone: 'quiet' },
  lost: { icon: IconPlugConnectedX, tone: 'warn' },
}

const stepLooks: Record<StepView['status'], Look> = {
  waiting: { icon: IconCircleDashed, tone: 'quiet' },
  running: { icon: IconLoader2, tone: 'live', spin: true },
  done: { icon: IconCircleCheck, tone: 'ok' },
  kept: { icon: IconHistory, tone: 'ok' },
  failed: { icon: IconXboxX, tone: 'bad' },
  cancelled: { icon: IconPlayerStop, tone: 'quiet' },
}

interface BadgeProps {
  tone: Tone
  icon?: Icon | undefined
  spin?: boolean | undefined
  testId?: string
  children: ReactNode
}

/** A state as a word with an icon; the colour only repeats it. */
export function Badge({ tone, icon: Shape, spin = false, testId, children }: BadgeProps) {
  return (
    <span className={css.badge} data-tone={tone} data-testid={testId}>
      {Shape !== undefined && <Shape size={15} stroke={2} aria-hidden className={spin ? css.spin : undefined} />}
      {children}
    </span>
  )
}

export function RunStatus({ status, testId }: { status: RunView['status']; testId?: string }) {
  const { t } = useTranslation()
  const { icon, tone, spin } = runLooks[status]
  return (
    <Badge tone={tone} icon={icon} spin={spin} {...(testId === undefined ? {} : { testId })}>
      {t(`runStatus.${status}`)}
    </Badge>
  )
}

export function StepIcon({ status }: { status: StepView['status'] }) {
  const { icon: Shape, tone, spin } = stepLooks[status]
  return <Shape size={20} stroke={1.8} aria-hidden data-tone={tone} className={spin === true ? css.spin : undefined} />
}

export const ProbeBadge = ({ state }: { state: 'found' | 'absent' | 'unknown' }) => {
  const { t } = useTranslation()
  const look: Look =
    state === 'found'
      ? { icon: IconCircleCheck, tone: 'ok' }
      : state === 'absent'
        ? { icon: IconCircleDashed, tone: 'quiet' }
        : { icon: IconAlertTriangle, tone: 'warn' }
  return (
    <Badge tone={look.tone} icon={look.icon}>
      {t(`machine.${state}`)}
    </Badge>
  )
}
