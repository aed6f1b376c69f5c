import { SegmentedControl } from '@mantine/core'
import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react'
import type { Settings } from '#contract'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../../stores/command'
import { useCore } from '../../stores/projection'
import { ErrorNotice } from '../../ui/Notice'
import { Panel } from '../../ui/Page'
import { LanguagePicker } from './LanguagePicker'
import css from './settings.module.css'

const themes = ['light', 'dark', 'system'] as const
const icons = { light: IconSun, dark: IconMoon, system: IconDeviceDesktop }

export function Appearance() {
  const { t } = useTranslation()
  const theme = useCore((state) => state.settings.theme)
  const change = useCommand((core, next: Settings['theme']) => core.settings.update({ theme: next }))
  return (
    <Panel title={t('settings.appearance')}>
      <div className={css.row}>
        <p className={css.name}>{t('settings.language')}</p>
        <LanguagePicker withSystem />
      </div>
      <div className={css.row}>
        <p className={css.name}>{t('settings.theme')}</p>
        <SegmentedControl
          aria-label={t('settings.theme')}
          value={theme}
          onChange={(value) => {
            const next = themes.find((name) => name === value)
            if (next !== undefined) void change.run(next)
          }}
          data={themes.map((name) => {
            const Shape = icons[name]
            return {
              value: name,
              label: (
                <span className={css.choice}>
                  <Shape size={16} stroke={1.8} aria-hidden />
                  {t(`settings.themes.${name}`)}
                </span>
              ),
            }
          })}
        />
      </div>
      <ErrorNotice error={change.error} />
    </Panel>
  )
}
