import { useTranslation } from 'react-i18next'
import { Page, Panel } from '../../ui/Page'
import { About } from './About'
import { Appearance } from './Appearance'
import { Network } from './Network'
import { Notifications } from './Notifications'
import { RootFolder } from './RootFolder'
import css from './settings.module.css'

export default function SettingsPage() {
  const { t } = useTranslation()
  return (
    <Page title={t('settings.title')} lead={t('settings.lead')}>
      <div className={css.columns}>
        <Appearance />
        <Network />
        <Notifications />
        <Panel title={t('settings.storage')}>
          <RootFolder />
        </Panel>
        <About />
      </div>
    </Page>
  )
}
