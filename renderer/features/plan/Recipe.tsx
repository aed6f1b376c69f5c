import { IconChevronRight, IconX } from '@tabler/icons-react'
import type { Plan } from '#contract'
import { useTranslation } from 'react-i18next'
import { Panel } from '../../ui/Page'
import { useSentences } from './words'
import css from './plan.module.css'

/** Which tested set of versions it is, and why none of those before it. */
export function Recipe({ plan: { recipe, rejected } }: { plan: Plan }) {
  const { t } = useTranslation()
  return (
    <Panel title={t('plan.recipe.title')}>
      <div className={css.recipe}>
        {recipe === null ? (
          <p>{t('plan.recipe.none')}</p>
        ) : (
          <>
            <p>
              <code>{recipe.id}</code> <span className={css.quiet}>{t('plan.recipe.text')}</span>
            </p>
            <ul className={css.packages}>
              {recipe.packages.map((name) => (
                <li key={name}>{name}</li>
              ))}
            </ul>
          </>
        )}
        {rejected.length > 0 && <Rejected rejected={rejected} open={recipe === null} />}
      </div>
    </Panel>
  )
}

function Rejected({ rejected, open }: { rejected: Plan['rejected']; open: boolean }) {
  const { t } = useTranslation()
  const sentences = useSentences()
  return (
    <details className={css.rejected} open={open}>
      <summary>
        <IconChevronRight size={15} aria-hidden />
        {t('plan.recipe.rejected', { count: rejected.length })}
      </summary>
      <ul>
        {rejected.map(({ recipe, findings }) => (
          <li key={recipe}>
            <IconX size={15} stroke={2} aria-hidden />
            <code>{recipe}</code>
            <div>
              {findings.map((finding, index) => (
                <p key={`${finding.code}-${index}`}>{sentences.finding(finding)}</p>
              ))}
            </div>
          </li>
        ))}
      </ul>
    </details>
  )
}
