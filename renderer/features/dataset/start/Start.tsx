import { useTranslation } from 'react-i18next'
import { Page } from '../../../ui/Page'
import { OpenField } from './OpenField'
import { Prepared } from './Prepared'
import { Recent } from './Recent'
import { Shelf } from './Shelf'
import css from './start.module.css'

/** Nothing is open yet: a path, what is in the library, what was prepared, and what was open before. */
export function Start() {
  const { t } = useTranslation()
  return (
    <Page title={t('data.look.title')} lead={t('data.look.lead')}>
      <OpenField />
      <div className={css.columns}>
        <Shelf />
        <Recent />
      </div>
      <Prepared />
    </Page>
  )
}
