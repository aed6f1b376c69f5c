import type { EnvironmentView } from '#contract'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { PathText } from '../../ui/parts'
import { CardHead } from './CardHead'
import { Fold } from '../../ui/Fold'
import { Health } from './Health'
import { leadingPackages, nameOfEnvironment } from './names'
import { Packages } from './Packages'
import { Probe } from './Probe'
import { useNameText } from './use-name'
import css from './environment.module.css'

export function EnvironmentCard({ environment }: { environment: EnvironmentView }) {
  const { t } = useTranslation()
  const name = useNameText()(nameOfEnvironment(environment))
  const { packages, probe, status } = environment
  return (
    <article className={css.card} aria-label={name} data-testid={`environment-${environment.id}`}>
      <CardHead environment={environment} name={name} />
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
    <dl className={css.about}>
      {python !== null && <Item name={t('environments.python')}>{python}</Item>}
      {engine !== null && <Item name={t('environments.engine')}>{engine}</Item>}
      {bytes !== null && <Item name={t('environments.size')}>{format.bytes(bytes)}</Item>}
      {createdAt !== null && <Item name={t('environments.created')}>{format.time(createdAt)}</Item>}
      {checkedAt !== null && <Item name={t('environments.checked')}>{format.time(checkedAt)}</Item>}
      <Item name={t('environments.path')}>
        <PathText path={path} />
      </Item>
    </dl>
  )
}

function Item({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
