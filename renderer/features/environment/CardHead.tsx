import { Button } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconPlayerPlayFilled,
  IconPointFilled,
  IconProgressAlert,
  IconUser,
  IconXboxX,
  type Icon,
} from '@tabler/icons-react'
import type { EnvironmentView } from '#contract'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../../stores/command'
import { useCore } from '../../stores/projection'
import { requestId } from '../../stores/request-id'
import { ErrorNotice } from '../../ui/Notice'
import { Badge } from '../../ui/Status'
import { ExportLock } from './ExportLock'
import { hasRival } from './names'
import { Remove } from './Remove'
import { TerminalButton } from './TerminalButton'
import css from './environment.module.css'

const looks: Record<EnvironmentView['status'], { tone: 'ok' | 'warn' | 'bad'; icon: Icon }> = {
  ready: { tone: 'ok', icon: IconCircleCheck },
  unfinished: { tone: 'warn', icon: IconProgressAlert },
  broken: { tone: 'bad', icon: IconXboxX },
}

export function CardHead({ environment, name }: { environment: EnvironmentView; name: string }) {
  const { t } = useTranslation()
  const { status, kind, recipe, current, outdated } = environment
  const { tone, icon } = looks[status]
  return (
    <header className={css.head}>
      <div>
        <div className={css.title}>
          <h2>{name}</h2>
          <Badge tone={tone} icon={icon}>
            {t(`environments.${status}`)}
          </Badge>
          {kind === 'yours' && (
            <Badge tone="quiet" icon={IconUser}>
              {t('environments.yours')}
            </Badge>
          )}
          {current && (
            <Badge tone="live" icon={IconPointFilled}>
              {t('environments.current')}
            </Badge>
          )}
          {outdated && (
            <Badge tone="warn" icon={IconAlertTriangle}>
              {t('environments.outdated')}
            </Badge>
          )}
        </div>
        <p className={css.note}>
          {recipe === null ? t('environments.yoursText') : t('environments.recipe', { recipe })}
        </p>
        {outdated && <p className={css.note}>{t('environments.outdatedText')}</p>}
        {status === 'unfinished' && <p className={css.note}>{t('environments.unfinishedText')}</p>}
      </div>
      <Actions environment={environment} name={name} />
    </header>
  )
}

function Actions({ environment, name }: { environment: EnvironmentView; name: string }) {
  const { t } = useTranslation()
  const rival = useCore((state) => hasRival(environment, state.environments))
  const choose = useCommand((core) => core.environments.choose({ id: environment.id }))
  // Begun and then left: what was finished is kept, so mending it is going on with it.
  const resume = useCommand((core) => core.environments.repair({ requestId: requestId(), id: environment.id }))
  const busy = useCore((state) => Object.values(state.jobs).some(({ status }) => status === 'running'))
  const { current, status } = environment
  return (
    <div className={css.actions}>
      {status === 'unfinished' && (
        <Button
          size="xs"
          disabled={busy}
          loading={resume.busy}
          leftSection={<IconPlayerPlayFilled size={14} aria-hidden />}
          aria-label={`${t('practice.resume')}: ${name}`}
          onClick={() => void resume.run()}
        >
          {t('practice.resume')}
        </Button>
      )}
      {rival && !current && status === 'ready' && (
        <Button
          size="xs"
          variant="light"
          aria-label={`${t('environments.choose')}: ${name}`}
          loading={choose.busy}
          onClick={() => void choose.run()}
        >
          {t('environments.choose')}
        </Button>
      )}
      <TerminalButton environment={environment} name={name} />
      {status !== 'unfinished' && <ExportLock environment={environment} name={name} />}
      <Remove environment={environment} name={name} />
      <ErrorNotice error={choose.error ?? resume.error} />
    </div>
  )
}
