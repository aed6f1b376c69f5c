import { useTranslation } from 'react-i18next'
import { Page } from '../../ui/Page'
import { Practice } from './Practice'

export function PracticePage() {
  const { t } = useTranslation()
  return (
    <Page title={t('practice.title')} lead={t('practice.lead')} wide>
      <Practice />
    </Page>
  )
}
