import type { PlannedValue } from '#contract'
import { useTranslation } from 'react-i18next'
import { Panel } from '../../ui/Page'
import { useSentences } from './words'
import css from './plan.module.css'

/** What the tutorial sets and the plan does not, by the reason it is left out for. */
export function Dropped({ values }: { values: PlannedValue[] }) {
  const { t } = useTranslation()
  const sentences = useSentences()
  if (values.length === 0) return null
  const reasons = new Map<string, PlannedValue[]>()
  for (const value of values) {
    const reason = sentences.rule(value.rule, value.params)
    reasons.set(reason, [...(reasons.get(reason) ?? []), value])
  }
  return (
    <Panel title={t('plan.dropped.title')}>
      <p className={css.quiet}>{t('plan.dropped.text')}</p>
      <ul className={css.dropped}>
        {[...reasons].map(([reason, options]) => (
          <li key={reason}>
            {options.map(({ key, value, tutorial }) => (
              <code key={key}>
                <s>{`${key}=${tutorial ?? value}`}</s>
              </code>
            ))}
            <p>{reason}</p>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
