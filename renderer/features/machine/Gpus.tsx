import { IconCpuOff, IconHelpHexagon, type Icon } from '@tabler/icons-react'
import type { MachineReport } from '#contract'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ProbeBadge } from '../../ui/Status'
import { GpuCard } from './GpuCard'
import { useGpuUse } from '../../stores/gpu-use'
import css from './gpu.module.css'

type Props = Pick<MachineReport, 'gpus' | 'otherGpus'>

/** Found, not there, and "could not look" are three different things and look different. */
export function Gpus({ gpus, otherGpus }: Props) {
  const { t } = useTranslation()
  const uses = useGpuUse(gpus.state === 'found')
  const others = otherGpus.map(({ name }) => name).join(', ')
  return (
    <section className={css.gpus} aria-label={t('machine.gpus')}>
      {gpus.state === 'found' && gpus.value.map((gpu) => <GpuCard key={gpu.index} gpu={gpu} uses={uses} />)}
      {gpus.state === 'absent' && (
        <NoCard state="absent" icon={IconCpuOff} title={t('machine.gpuAbsentTitle')}>
          <p className={css.meaning}>{t('machine.gpuAbsentText')}</p>
          {others !== '' && <p className={css.meaning}>{t('machine.otherGpus', { names: others })}</p>}
        </NoCard>
      )}
      {gpus.state === 'unknown' && (
        <NoCard state="unknown" icon={IconHelpHexagon} title={t('machine.gpuUnknownTitle')}>
          <p className={css.meaning}>{t('machine.gpuUnknownText')}</p>
          <code className={css.reason}>{gpus.reason}</code>
        </NoCard>
      )}
    </section>
  )
}

interface NoCardProps {
  state: 'absent' | 'unknown'
  icon: Icon
  title: string
  children: ReactNode
}

function NoCard({ state, icon: Shape, title, children }: NoCardProps) {
  return (
    <div className={css.card} data-state={state}>
      <div className={css.head}>
        <span className={css.icon}>
          <Shape size={26} stroke={1.5} aria-hidden />
        </span>
        <div>
          <div className={css.name}>
            <h2>{title}</h2>
            <ProbeBadge state={state} />
          </div>
          {children}
        </div>
      </div>
    </div>
  )
}
