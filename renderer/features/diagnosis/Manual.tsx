import { TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import type { ManualEntry } from '#contract'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Panel } from '../../ui/Page'
import { manualTextOf, searchManual } from './manual-text'
import css from './diagnosis.module.css'

/** Everything that is known of crashes, to search in; it needs no network. */
export function Manual({ entries }: { entries: readonly ManualEntry[] }) {
  const { t } = useTranslation()
  const [sought, setSought] = useState('')
  const found = searchManual(entries, useDeferredValue(sought))
  return (
    <Panel
      title={t('diagnosis.manual.title')}
      actions={<span className={css.quiet}>{t('diagnosis.manual.count', { count: found.length })}</span>}
    >
      <div className={css.manual}>
        <TextInput
          aria-label={t('diagnosis.manual.search')}
          placeholder={t('diagnosis.manual.search')}
          leftSection={<IconSearch size={15} aria-hidden />}
          value={sought}
          onChange={({ currentTarget: { value } }) => setSought(value)}
        />
        {found.length === 0 && <p className={css.quiet}>{t('diagnosis.manual.none')}</p>}
        {found.map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </div>
    </Panel>
  )
}

const categories = [
  ...(['memory', 'rollout', 'network', 'kernels', 'config', 'environment', 'driver', 'distributed'] as const),
  ...(['training', 'data', 'disk', 'model', 'checkpoint', 'process'] as const),
]

function Entry({ entry }: { entry: ManualEntry }) {
  const { t, i18n } = useTranslation()
  const { title, cause, fix } = manualTextOf(entry, i18n.language)
  const category = categories.find((one) => one === entry.category)
  return (
    <details className={css.entry}>
      <summary>
        <span>{title}</span>
        <span className={css.quiet}>
          {category === undefined ? entry.category : t(`diagnosis.manual.categories.${category}`)}
        </span>
      </summary>
      <p>{cause}</p>
      <p className={css.fix}>
        <b>{t('diagnosis.fix')}</b> {fix}
      </p>
      <p className={css.sources}>
        <code>{entry.id}</code>
        {entry.source.map((address) => (
          <a key={address} href={address} target="_blank" rel="noreferrer">
            {t('diagnosis.manual.source')}: {new URL(address).pathname.slice(1)}
          </a>
        ))}
      </p>
    </details>
  )
}
