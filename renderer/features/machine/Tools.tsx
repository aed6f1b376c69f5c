import type { MachineReport } from '#contract'
import { useTranslation } from 'react-i18next'
import { Panel } from '../../ui/Page'
import css from './machine.module.css'

interface Props {
  machine: MachineReport
}

export function Pythons({ machine: { pythons } }: Props) {
  const { t } = useTranslation()
  return (
    <Panel title={t('machine.pythons')} flush>
      {pythons.length === 0 ? (
        <p className={css.nothing}>{t('machine.pythonsNone')}</p>
      ) : (
        <ul className={css.list}>
          {pythons.map(({ path, version }) => (
            <li key={path}>
              <strong>{version}</strong>
              <code>{path}</code>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

export function Engines({ machine: { engines } }: Props) {
  const { t } = useTranslation()
  return (
    <Panel title={t('machine.engines')} flush>
      {engines.length === 0 ? (
        <p className={css.nothing}>{t('machine.enginesNone')}</p>
      ) : (
        <ul className={css.list}>
          {engines.map(({ name, path, version }) => (
            <li key={path}>
              <strong>
                {name} {version}
              </strong>
              <code>{path}</code>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
