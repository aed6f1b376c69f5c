import type { Gpu, GpuUse } from '#contract'
import { useTranslation } from 'react-i18next'
import css from './gpu.module.css'

type Use = GpuUse['gpus'][number]

const WIDTH = 60

/** Use of one card over the last minute, from 0 to 100 %: the newest at the right. */
function Trace({ values }: { values: number[] }) {
  const from = WIDTH - values.length
  const points = values.map((value, index) => `${from + index},${(40 - value * 0.4).toFixed(1)}`)
  return (
    <svg className={css.trace} viewBox={`0 -1 ${WIDTH - 1} 42`} preserveAspectRatio="none" aria-hidden>
      {values.length > 1 && <polygon points={`${from},40 ${points.join(' ')} ${WIDTH - 1},40`} />}
      <polyline points={points.join(' ')} />
    </svg>
  )
}

/** The figures now; those of the measurement until the first second is there. */
export function Live({ gpu, uses }: { gpu: Gpu; uses: GpuUse[] }) {
  const { t } = useTranslation()
  const mine = uses.flatMap(({ gpus }) => gpus.find(({ index }) => index === gpu.index) ?? [])
  const now: Pick<Use, 'utilization' | 'temperatureC' | 'powerWatts'> = mine.at(-1) ?? gpu
  // In MIG mode the driver has no figure for the card as a whole.
  const told = mine.some(({ utilization }) => utilization !== null)
  const { powerLimitWatts: limit } = gpu
  const power =
    now.powerWatts === null
      ? null
      : limit === null
        ? t('machine.watts', { draw: Math.round(now.powerWatts) })
        : t('machine.wattsOf', { draw: Math.round(now.powerWatts), limit: Math.round(limit) })
  return (
    <div className={css.live}>
      <dl className={css.now}>
        <Now name={t('machine.use')} value={now.utilization === null ? null : `${now.utilization} %`} />
        <Now name={t('machine.temperature')} value={now.temperatureC === null ? null : `${now.temperatureC} °C`} />
        <Now name={t('machine.power')} value={power} />
      </dl>
      {told && <Trace values={mine.map(({ utilization }) => utilization ?? 0)} />}
      {told && <p className={css.minute}>{t('machine.lastMinute')}</p>}
    </div>
  )
}

function Now({ name, value }: { name: string; value: string | null }) {
  const { t } = useTranslation()
  return (
    <div>
      <dt>{name}</dt>
      <dd data-missing={value === null || undefined}>{value ?? t('machine.notSaid')}</dd>
    </div>
  )
}
