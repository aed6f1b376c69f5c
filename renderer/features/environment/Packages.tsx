import { TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import type { EnvironmentView } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CopyText } from '../../ui/CopyText'
import css from './environment.module.css'

export function Packages({ packages }: { packages: EnvironmentView['packages'] }) {
  const { t } = useTranslation()
  const [sought, setSought] = useState('')
  const shown = packages.filter(({ name }) => name.toLowerCase().includes(sought.trim().toLowerCase()))
  return (
    <div className={css.packages}>
      <div className={css.packagesHead}>
        <TextInput
          size="xs"
          w={260}
          aria-label={t('environments.find')}
          placeholder={t('environments.find')}
          leftSection={<IconSearch size={15} aria-hidden />}
          value={sought}
          onChange={({ currentTarget }) => setSought(currentTarget.value)}
        />
        <CopyText text={shown.map(({ name, version }) => `${name}==${version}\n`).join('')} />
      </div>
      {shown.length === 0 ? (
        <p className={css.note}>{t('environments.noMatch')}</p>
      ) : (
        <ul className={css.packageList} aria-label={t('environments.showPackages')} tabIndex={0}>
          {shown.map(({ name, version }) => (
            <li key={name}>
              <span>{name}</span>
              <code>{version}</code>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
