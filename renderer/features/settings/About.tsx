import { Button } from '@mantine/core'
import { IconFileDescription, IconRoute } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../../stores/command'
import { goToStep, useGuide } from '../../stores/guide'
import { useCore } from '../../stores/projection'
import { ErrorNotice } from '../../ui/Notice'
import { Panel } from '../../ui/Page'
import { save } from '../../ui/save'
import { Licences } from './Licences'
import css from './settings.module.css'

/** What this is, and what helps to help. */
export function About() {
  const { t } = useTranslation()
  const version = useCore((state) => state.info.version)
  const setPutOff = useGuide((store) => store.setPutOff)
  const open = useCommand((core) => goToStep(core, 'welcome'))
  const report = useCommand(async (core) => save({ name: 'launchpad-report.txt', ...(await core.support.report()) }))
  const openGuide = async () => {
    if (await open.run()) setPutOff(false)
  }
  return (
    <Panel title={t('settings.about')}>
      <Offer name={t('settings.guide')} text={t('settings.guideText')}>
        <Button
          variant="default"
          loading={open.busy}
          leftSection={<IconRoute size={16} aria-hidden />}
          onClick={() => void openGuide()}
        >
          {t('settings.guideAction')}
        </Button>
      </Offer>
      <ErrorNotice error={open.error} />
      <Offer name={t('settings.report')} text={t('settings.reportText')}>
        <Button
          variant="default"
          loading={report.busy}
          leftSection={<IconFileDescription size={16} aria-hidden />}
          onClick={() => void report.run()}
        >
          {t('settings.reportAction')}
        </Button>
      </Offer>
      <ErrorNotice error={report.error} />
      <Offer name={t('settings.licences')} text={t('settings.licencesText')}>
        <Licences />
      </Offer>
      <p className={css.hint}>
        {t('app.name')} · {t('app.version', { version })}
      </p>
    </Panel>
  )
}

/** What a button does, beside it. */
function Offer({ name, text, children }: { name: string; text: string; children: ReactNode }) {
  return (
    <div className={css.row}>
      <div>
        <p className={css.name}>{name}</p>
        <p className={css.hint}>{text}</p>
      </div>
      {children}
    </div>
  )
}
