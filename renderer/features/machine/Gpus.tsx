import { IconCpu2, IconCpuOff, IconHelpHexagon } from '@tabler/icons-react'
import type { Gpu, MachineReport } from '#contract'
import { useTranslation } from 'react-i18next'
import { Meter } from '../../ui/parts'
import { ProbeBadge } from '../../ui/Status'
import { meaningOf } from './capability'
import css from './machine.module.css'

/** Found, not there, and "could not look" are three different things and look different. */
export function Gpus({ gpus }: { gpus: MachineReport['gpus'] }) {
  const { t } = useTranslation()
  return (
    <section className={css.gpus} aria-label={t('machine.gpus')}>
      {gpus.state === 'found' && gpus.value.map((gpu) => <Card key={gpu.index} gpu={gpu} />)}
      {gpus.state === 'absent' && (
        <div className={css.gpu} data-state="absent">
          <span className={css.gpuIcon}>
            <IconCpuOff size={26} stroke={1.5} aria-hidden />
          </span>
          <div>
            <div className={css.gpuHead}>
              <h2>{t('machine.gpuAbsentTitle')}</h2>
              <ProbeBadge state="absent" />
            </div>
            <p className={css.meaning}>{t('machine.gpuAbsentText')}</p>
          </div>
        </div>
      )}
      {gpus.state === 'unknown' && (
        <div className={css.gpu} data-state="unknown">
          <span className={css.gpuIcon}>
            <IconHelpHexagon size={26} stroke={1.5} aria-hidden />
          </span>
          <div>
            <div className={css.gpuHead}>
              <h2>{t('machine.gpuUnknownTitle')}</h2>
              <ProbeBadge state="unknown" />
            </div>
            <p className={css.meaning}>{t('machine.gpuUnknownText')}</p>
            <code className={css.reason}>{gpus.reason}</code>
          </div>
        </div>
      )}
    </section>
  )
}

function Card({ gpu }: { gpu: Gpu }) {
  const { t } = useTranslation()
  const memory = { free: gpu.memoryFreeBytes, total: gpu.memoryTotalBytes }
  const meaning = meaningOf(gpu.computeCapability)
  return (
    <div className={css.gpu} data-state="found">
      <span className={css.gpuIcon}>
        <IconCpu2 size={26} stroke={1.5} aria-hidden />
      </span>
      <div className={css.gpuBody}>
        <div className={css.gpuHead}>
          <h2>{gpu.name}</h2>
          <ProbeBadge state="found" />
        </div>
        {meaning !== null && <p className={css.meaning}>{t(`machine.meaning.${meaning}`)}</p>}
        <div className={css.vram}>
          <Meter
            label={t('machine.vramLabel')}
            share={1 - memory.free / memory.total}
            text={t('machine.vram', memory)}
          />
          <p>{t('machine.vram', memory)}</p>
        </div>
      </div>
      <dl className={css.gpuFacts}>
        <div>
          <dt>{t('machine.capability')}</dt>
          <dd>{gpu.computeCapability ?? t('machine.capabilityUnknown')}</dd>
        </div>
        <div>
          <dt>{t('machine.driver')}</dt>
          <dd>{gpu.driver}</dd>
        </div>
      </dl>
    </div>
  )
}
