import { Button } from '@mantine/core'
import type { Plan } from '#contract'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../../../stores/command'
import { requestId } from '../../../stores/request-id'
import { go, hrefOf } from '../../../stores/route'
import { ErrorNotice, Notice } from '../../../ui/Notice'
import { repoRoute } from '../../library/choice'
import type { Missing } from './use-start'

/** What is not here yet, each with the way to it. */
export function MissingList({ missing, plan }: { missing: Missing[]; plan: Plan }) {
  const { t } = useTranslation()
  return missing.map((one) => {
    switch (one.kind) {
      case 'data':
        return (
          <Notice
            key="data"
            tone="warn"
            actions={<Way href={hrefOf('data')} text={t('runs.start.missing.dataAction')} />}
          >
            {t('runs.start.missing.data')}
          </Notice>
        )
      case 'model':
        return (
          <Notice
            key="model"
            tone="warn"
            actions={
              <Way href={hrefOf('library', repoRoute('model', one.model))} text={t('runs.start.missing.modelAction')} />
            }
          >
            {t('runs.start.missing.model', { model: one.model })}
          </Notice>
        )
      case 'environment':
        return <NoEnvironment key="environment" recipe={one.recipe} runnable={plan.runnable} />
    }
  })
}

const Way = ({ href, text }: { href: string; text: string }) => (
  <Button component="a" href={href} size="xs" variant="default">
    {text}
  </Button>
)

function NoEnvironment({ recipe, runnable }: { recipe: string | null; runnable: boolean }) {
  const { t } = useTranslation()
  const make = useCommand((core) => core.environments.make({ requestId: requestId(), recipe: recipe ?? '' }))
  return (
    <>
      <Notice
        tone="warn"
        actions={
          <>
            {recipe !== null && runnable && (
              <Button
                size="xs"
                loading={make.busy}
                onClick={() => void make.run().then((started) => started && go('environments'))}
              >
                {t('runs.start.missing.environmentAction')}
              </Button>
            )}
            <Way href={hrefOf('environments')} text={t('runs.start.missing.environmentOpen')} />
          </>
        }
      >
        {t('runs.start.missing.environment', { recipe: recipe ?? '' })}
      </Notice>
      <ErrorNotice error={make.error} />
    </>
  )
}
