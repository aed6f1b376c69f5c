import type { DataRef } from '#contract'
import { useTranslation } from 'react-i18next'
import { hrefOf } from '../../../stores/route'
import { Notice } from '../../../ui/Notice'
import { dataRoute } from '../route'

/** Rows that a number does not speak for, with the way to the reasons: "all rows" must not be said of a part. */
export function LeftOut({ data, children }: { data: DataRef; children: string }) {
  const { t } = useTranslation()
  return (
    <Notice tone="warn">
      {children} <a href={hrefOf('data', dataRoute(data, 'lint'))}>{t('data.work.checkSays')}</a>
    </Notice>
  )
}
