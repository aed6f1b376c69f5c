import { Button } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconMinus,
  IconStethoscope,
  IconTool,
  IconXboxX,
  type Icon,
} from '@tabler/icons-react'
import type { ComponentHealth, EnvironmentView } from '#contract'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../../stores/command'
import { useCore } from '../../stores/projection'
import { requestId } from '../../stores/request-id'
import { Findings } from '../../ui/Findings'
import { ErrorNotice } from '../../ui/Notice'
import css from './environment.module.css'

const icons: Record<ComponentHealth['state'], Icon> = {
  ok: IconCircleCheck,
  warning: IconAlertTriangle,
  broken: IconXboxX,
  unknown: IconCircleDashed,
  none: IconMinus,
}

interface HealthProps {
  environment: EnvironmentView
  name: string
}

/** Each part of an environment: whether it is whole, what is wrong with it, and the way to mend it. */
export function Health({ environment, name }: HealthProps) {
  const { t } = useTranslation()
  const { id, kind, health } = environment
  const check = useCommand((core) => core.environments.check({ id }))
  const repair = useCommand((core) => core.environments.repair({ requestId: requestId(), id }))
  const busy = useCore((state) => Object.values(state.jobs).some(({ status }) => status === 'running'))
  return (
    <div className={css.health} role="group" aria-label={`${t('environments.health.title')}: ${name}`}>
      <div className={css.healthHead}>
        <h3>{t('environments.health.title')}</h3>
        <Button
          variant="default"
          size="compact-sm"
          loading={check.busy}
          disabled={busy}
          leftSection={<IconStethoscope size={15} aria-hidden />}
          aria-label={`${t('environments.health.check')}: ${name}`}
          onClick={() => void check.run()}
        >
          {t('environments.health.check')}
        </Button>
      </div>
      <ErrorNotice error={check.error ?? repair.error} />
      <ul className={css.parts}>
        {health.map((part) => (
          <Part
            key={part.id}
            part={part}
            busy={busy || repair.busy}
            {...(kind === 'made' && part.state === 'broken' ? { onRepair: () => void repair.run() } : {})}
          />
        ))}
      </ul>
    </div>
  )
}

function Part({ part, busy, onRepair }: { part: ComponentHealth; busy: boolean; onRepair?(): void }) {
  const { t } = useTranslation()
  const { id, state, findings } = part
  const Shape = icons[state]
  const name = t(`environments.parts.${id}`)
  return (
    <li data-state={state} data-testid={`part-${id}`}>
      <Shape size={18} stroke={1.8} aria-hidden />
      <div className={css.partText}>
        <p>
          <strong>{name}</strong> <span>{t(`environments.states.${id}.${state}`)}</span>
        </p>
        {findings.length > 0 && (
          <div className={css.partFindings}>
            <Findings findings={findings} />
          </div>
        )}
      </div>
      {onRepair !== undefined && (
        <Button
          size="compact-sm"
          disabled={busy}
          leftSection={<IconTool size={15} aria-hidden />}
          aria-label={`${t('environments.health.repair')}: ${name}`}
          onClick={onRepair}
        >
          {t('environments.health.repair')}
        </Button>
      )}
    </li>
  )
}
