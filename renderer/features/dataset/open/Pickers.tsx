import { Select } from '@mantine/core'
import type { DataRef, OpenedData } from '#contract'
import { useTranslation } from 'react-i18next'
import { show } from '../go'
import { splitsOf, withConfig } from '../refs'
import type { Tab } from '../route'
import css from './open.module.css'

interface PickersProps {
  data: DataRef
  opened: OpenedData
  tab: Tab
}

/** Which configuration and which split, where there is a choice. */
export function Pickers({ data, opened, tab }: PickersProps) {
  const { t } = useTranslation()
  const configs = opened.configs.map(({ name }) => name)
  const splits = splitsOf(opened)
  return (
    <>
      {configs.length > 1 && (
        <Select
          size="xs"
          className={css.picker ?? ''}
          aria-label={t('data.look.config')}
          leftSection={<small>{t('data.look.config')}</small>}
          leftSectionWidth={62}
          data={configs}
          value={opened.config}
          allowDeselect={false}
          comboboxProps={{ withinPortal: false }}
          onChange={(config) => config !== null && show(withConfig(data, config, opened), tab)}
        />
      )}
      {splits.length > 1 && (
        <Select
          size="xs"
          className={css.picker ?? ''}
          aria-label={t('data.look.split')}
          leftSection={<small>{t('data.look.split')}</small>}
          leftSectionWidth={62}
          data={splits}
          value={opened.split}
          allowDeselect={false}
          comboboxProps={{ withinPortal: false }}
          onChange={(split) => split !== null && show({ ...data, config: opened.config, split }, tab)}
        />
      )}
    </>
  )
}
