import { IconCpu2 } from '@tabler/icons-react'
import type { Gpu, GpuUse, MigSlice } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { Meter } from '../../ui/parts'
import { ProbeBadge } from '../../ui/Status'
import { meaningOf } from './capability'
import { Live } from './Live'
import { memoryText } from './memory-text'
import css from './gpu.module.css'

/** More of a card taken than this is worth a colour; the report's findings name who holds it. */
const TIGHT = 0.15

export function GpuCard({ gpu, uses }: { gpu: Gpu; uses: GpuUse[] }) {
  const { t } = useTranslation()
  const meaning = meaningOf(gpu.computeCapability)
  return (
    <article className={css.card} aria-label={gpu.name}>
      <header className={css.head}>
        <span className={css.icon}>
          <IconCpu2 size={26} stroke={1.5} aria-hidden />
        </span>
        <div>
          <div className={css.name}>
            <h2>{gpu.name}</h2>
            <span className={css.index}>{t('machine.cardNumber', { index: gpu.index })}</span>
            <ProbeBadge state="found" />
          </div>
          {meaning !== null && <p className={css.meaning}>{t(`machine.meaning.${meaning}`)}</p>}
        </div>
      </header>
      <div className={css.middle}>
        <Vram gpu={gpu} free={freeNow(gpu, uses)} />
        <Live gpu={gpu} uses={uses} />
      </div>
      <GpuFacts gpu={gpu} />
    </article>
  )
}

/** Of the last second, or of the measurement until there is one. */
function freeNow({ index, memoryFreeBytes }: Gpu, uses: GpuUse[]): number {
  const use = uses.at(-1)?.gpus.find((card) => card.index === index)
  return use === undefined ? memoryFreeBytes : use.memoryTotalBytes - use.memoryUsedBytes
}

function Vram({ gpu, free }: { gpu: Gpu; free: number }) {
  const { t } = useTranslation()
  const { memoryTotalBytes: total, mig, processes } = gpu
  const taken = 1 - free / total
  const text = t('machine.vram', { free, total })
  return (
    <div className={css.vram}>
      <p className={css.label}>{t('machine.vramLabel')}</p>
      <Meter label={t('machine.vramLabel')} share={taken} text={text} tone={taken > TIGHT ? 'warn' : 'accent'} />
      <p className={css.figures}>{text}</p>
      {mig?.enabled === true && <Slices slices={mig.slices} />}
      <Holders processes={processes} />
    </div>
  )
}

/** A card in MIG mode is used by its slices only. */
function Slices({ slices }: { slices: MigSlice[] }) {
  const { t } = useTranslation()
  if (slices.length === 0) return <p className={css.figures}>{t('machine.noSlices')}</p>
  return (
    <ul className={css.slices} aria-label={t('machine.slices')}>
      {slices.map(({ id, memoryFreeBytes: free, memoryTotalBytes: total }) => {
        const text = t('machine.vram', { free, total })
        return (
          <li key={id}>
            <span>{t('machine.slice', { id })}</span>
            <Meter label={t('machine.slice', { id })} share={1 - free / total} text={text} />
            <span className={css.figures}>{text}</span>
          </li>
        )
      })}
    </ul>
  )
}

function Holders({ processes }: Pick<Gpu, 'processes'>) {
  const { t } = useTranslation()
  const format = useFormat()
  if (processes.length === 0) return <p className={css.figures}>{t('machine.heldByNobody')}</p>
  return (
    <table className={css.holders}>
      <caption>{t('machine.heldBy')}</caption>
      <tbody>
        {processes.map(({ pid, name, usedBytes }) => (
          <tr key={`${pid}-${name}`}>
            <th scope="row">
              <code title={name}>{name.split('/').at(-1)}</code>
            </th>
            <td>{t('machine.pid', { pid })}</td>
            <td>{usedBytes === null ? t('machine.notSaid') : memoryText(format, usedBytes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function GpuFacts({ gpu }: { gpu: Gpu }) {
  const { t } = useTranslation()
  const onOff = (value: boolean) => t(value ? 'machine.on' : 'machine.off')
  const facts: [string, string | null][] = [
    [t('machine.architecture'), gpu.architecture],
    [t('machine.capability'), gpu.computeCapability],
    [t('machine.driver'), gpu.driver],
    [t('machine.cuda'), gpu.cuda],
    [t('machine.pcie'), gpu.pcie === null ? null : `${gpu.pcie.generation}.0 ×${gpu.pcie.width}`],
    [t('machine.ecc'), gpu.ecc === null ? t('machine.hasNone') : onOff(gpu.ecc)],
    [t('machine.mig'), gpu.mig === null ? t('machine.hasNone') : onOff(gpu.mig.enabled)],
    [t('machine.display'), gpu.display === null ? null : t(gpu.display ? 'machine.displayOn' : 'machine.displayOff')],
  ]
  return (
    <dl className={css.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd data-missing={value === null || undefined}>{value ?? t('machine.notSaid')}</dd>
        </div>
      ))}
    </dl>
  )
}
