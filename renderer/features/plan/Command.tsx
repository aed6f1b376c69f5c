import type { Plan } from '#contract'
import { useTranslation } from 'react-i18next'
import { CopyText } from '../../ui/CopyText'
import { Panel } from '../../ui/Page'
import { commandText } from './facts'
import css from './plan.module.css'

export function Command({ plan }: { plan: Plan }) {
  const { t } = useTranslation()
  if (plan.command.length === 0) return null
  const text = commandText(plan)
  return (
    <Panel title={t('plan.command.title')} actions={<CopyText text={text} />}>
      <p className={css.quiet}>{t('plan.command.text')}</p>
      <pre className={css.code} tabIndex={0} data-testid="plan-command">
        {text}
      </pre>
    </Panel>
  )
}
