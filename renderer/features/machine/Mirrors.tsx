import { IconCircleCheck, IconCircleDashed } from '@tabler/icons-react'
import type { MachineReport } from '#contract'
import { useTranslation } from 'react-i18next'
import { Panel } from '../../ui/Page'
import css from './machine.module.css'

type Mirror = MachineReport['mirrors'][number]

const kinds = ['hub', 'packages', 'torch', 'conda'] as const

/** Where downloads can come from, quickest first; out of reach is a normal answer. */
export function Mirrors({ mirrors }: { mirrors: Mirror[] }) {
  const { t } = useTranslation()
  return (
    <Panel title={t('machine.mirrors')}>
      <div className={css.mirrors}>
        {kinds.map((kind) => (
          <section key={kind} aria-label={t(`machine.mirrorKinds.${kind}`)}>
            <h3>{t(`machine.mirrorKinds.${kind}`)}</h3>
            <ul>
              {quickestFirst(mirrors.filter((mirror) => mirror.kind === kind)).map((mirror) => (
                <Line key={mirror.address} mirror={mirror} />
              ))}
            </ul>
          </section>
        ))}
      </div>
    </Panel>
  )
}

const quickestFirst = (mirrors: Mirror[]) =>
  [...mirrors].sort((a, b) => (a.latencyMs ?? Infinity) - (b.latencyMs ?? Infinity) || 0)

function Line({ mirror: { name, address, latencyMs, detail } }: { mirror: Mirror }) {
  const { t } = useTranslation()
  const reached = latencyMs !== null
  const Shape = reached ? IconCircleCheck : IconCircleDashed
  return (
    <li data-reached={reached}>
      <Shape size={16} stroke={2} aria-hidden />
      <span title={address}>{name}</span>
      <span title={detail ?? undefined}>
        {reached ? t('machine.latency', { ms: latencyMs }) : t('machine.notReached')}
      </span>
    </li>
  )
}
