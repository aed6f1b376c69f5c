import { IconArrowLeft } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { hrefOf } from '../../../stores/route'
import css from '../train.module.css'

export function AllRuns() {
  const { t } = useTranslation()
  return (
    <a className={css.backLink} href={hrefOf('runs')}>
      <IconArrowLeft size={16} stroke={1.8} aria-hidden />
      {t('runs.all')}
    </a>
  )
}
