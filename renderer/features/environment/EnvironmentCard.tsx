import { Button } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconPointFilled,
  IconProgressAlert,
  IconUser,
  IconXboxX,
  type Icon,
} from '@tabler/icons-react'
import type { EnvironmentView } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { useCommand } from '../../stores/command'
import { useCore } from '../../stores/projection'
import { ErrorNotice } from '../../ui/Notice'
import { Fact, Facts, PathText } from '../../ui/parts'
import { Badge } from '../../ui/Status'
import { ExportLock } from './ExportLock'
import { Fold } from './Fold'
import { Health } from './Health'
import { hasRival, leadingPackages, nameOfEnvironment } from './names'
import { Packages } from './Packages'
import { Probe } from './Probe'
import { Remove } from './Remove'
import { useNameText } from './use-name'
import css from './environment.module.css'

const looks: Record<EnvironmentView['status'], { tone: 'ok' | 'warn' | 'bad'; icon: Icon }> = {
  ready: { tone: 'ok', icon: IconCircleCheck },
  unfinished: { tone: 'warn', icon: IconProgressAlert },
  broken: { tone: 'bad', icon: IconXboxX },
}

export function EnvironmentCard({ environment }: { environment: EnvironmentView }) {
  const { t } = useTranslation()
  const name = useNameText()(nameOfEnvironment(environment))
  const { packages, probe, status } = environment
  return (
    <article className={css.card} aria-label={name} data-testid={`environment-${environment.id}`}>
      <Head environment={environment} name={name} />
      <Leading environment={environment} />
      <About environment={environment} />
      {status !== 'unfinished' && <Health environment={environment} name={name} />}
      <div className={css.folds}>
        {probe !== null && (
          <Fold label={t('environments.probe.title')}>
            <Probe probe={probe} />
          </Fold>
        )}
        {packages.length > 0 && (
          <Fold label={t('environments.packages', { count: packages.length })}>
            <Packages packages={packages} />
          </Fold>
        )}
      </div>
    </article>
  )
}

function Head({ environment, name }: { environment: EnvironmentView; name: string }) {
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
          {outdated && ` ${t('environments.outdatedText')}`}
          {status === 'unfinished' && ` ${t('environments.unfinishedText')}`}
        </p>
      </div>
      <Actions environment={environment} name={name} />
    </header>
  )
}

function Actions({ environment, name }: { environment: EnvironmentView; name: string }) {
  const { t } = useTranslation()
  const rival = useCore((state) => hasRival(environment, state.environments))
  const choose = useCommand((core) => core.environments.choose({ id: environment.id }))
  const { current, status } = environment
  return (
    <div className={css.actions}>
      {rival && !current && status === 'ready' && (
        <Button size="sm" variant="light" loading={choose.busy} onClick={() => void choose.run()}>
          {t('environments.choose')}
        </Button>
      )}
      {status !== 'unfinished' && <ExportLock environment={environment} name={name} />}
      <Remove environment={environment} name={name} />
      <ErrorNotice error={choose.error} />
    </div>
  )
}

function Leading({ environment }: { environment: EnvironmentView }) {
  const found = leadingPackages(environment.packages)
  if (found.length === 0) return null
  return (
    <ul className={css.leading}>
      {found.map(({ name, version }) => (
        <li key={name}>
          <span>{name}</span> <strong>{version}</strong>
        </li>
      ))}
    </ul>
  )
}

function About({ environment }: { environment: EnvironmentView }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { python, engine, bytes, createdAt, checkedAt, path } = environment
  return (
    <Facts>
      {python !== null && <Fact name={t('environments.python')}>{python}</Fact>}
      {engine !== null && <Fact name={t('environments.engine')}>{engine}</Fact>}
      {bytes !== null && <Fact name={t('environments.size')}>{format.bytes(bytes)}</Fact>}
      {createdAt !== null && <Fact name={t('environments.created')}>{format.time(createdAt)}</Fact>}
      {checkedAt !== null && <Fact name={t('environments.checked')}>{format.time(checkedAt)}</Fact>}
      <Fact name={t('environments.path')}>
        <PathText path={path} />
      </Fact>
    </Facts>
  )
}
