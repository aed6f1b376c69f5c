import { Button } from '@mantine/core'
import { IconRoute } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../../stores/command'
import { goToStep, useGuide } from '../../stores/guide'
import { useCore } from '../../stores/projection'
import { ErrorNotice } from '../../ui/Notice'
import { Page, Panel } from '../../ui/Page'
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

function About() {
  const { t } = useTranslation()
  const version = useCore((state) => state.info.version)
  const setPutOff = useGuide((store) => store.setPutOff)
  const open = useCommand((core) => goToStep(core, 'welcome'))
  const openGuide = async () => {
    if (await open.run()) setPutOff(false)
  }
  return (
    <Panel title={t('settings.about')}>
      <div className={css.row}>
        <div>
          <p className={css.name}>{t('settings.guide')}</p>
          <p className={css.hint}>{t('settings.guideText')}</p>
        </div>
        <Button
          variant="default"
          loading={open.busy}
          leftSection={<IconRoute size={16} aria-hidden />}
          onClick={() => void openGuide()}
        >
          {t('settings.guideAction')}
        </Button>
      </div>
      <ErrorNotice error={open.error} />
      <p className={css.hint}>
        {t('app.name')} · {t('app.version', { version })}
      </p>
    </Panel>
  )
}
