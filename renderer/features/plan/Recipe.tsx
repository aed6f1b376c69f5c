import { Button } from '@mantine/core'
import { IconBox, IconChevronRight, IconX } from '@tabler/icons-react'
import type { Plan } from '#contract'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../../stores/command'
import { useCore } from '../../stores/projection'
import { requestId } from '../../stores/request-id'
import { go, hrefOf } from '../../stores/route'
import { ErrorNotice } from '../../ui/Notice'
import { Panel } from '../../ui/Page'
import { usePlan } from './store'
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
            <MakeEnvironment recipe={recipe.id} />
          </>
        )}
        {rejected.length > 0 && <Rejected rejected={rejected} open={recipe === null} />}
      </div>
    </Panel>
  )
}

/** From the plan to what it needs: offered where the plan is for this very machine. */
function MakeEnvironment({ recipe }: { recipe: string }) {
  const { t } = useTranslation()
  const here = usePlan(({ request }) => request.hardware === null)
  const made = useCore(({ environments }) =>
    Object.values(environments).some((one) => one.recipe === recipe && one.current && one.status === 'ready'),
  )
  const make = useCommand((core) => core.environments.make({ requestId: requestId(), recipe }))
  if (!here) return null
  if (made)
    return (
      <p className={css.quiet}>
        <a href={hrefOf('environments')}>{t('plan.recipe.made')}</a>
      </p>
    )
  return (
    <div>
      <Button
        size="xs"
        loading={make.busy}
        leftSection={<IconBox size={15} aria-hidden />}
        onClick={() => void make.run().then((started) => started && go('environments'))}
      >
        {t('plan.recipe.make')}
      </Button>
      <ErrorNotice error={make.error} />
    </div>
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
