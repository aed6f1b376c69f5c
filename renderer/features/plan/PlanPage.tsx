import { Skeleton } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { ErrorNotice } from '../../ui/Notice'
import { Page } from '../../ui/Page'
import { AskForm } from './AskForm'
import { Command } from './Command'
import { Dropped } from './Dropped'
import { EmptyPlan } from './EmptyPlan'
import { ExportPlan, ImportPlan, useImport } from './Files'
import { Memory } from './Memory'
import { useModelLoading } from './models'
import { Options } from './Options'
import { Recipe } from './Recipe'
import { TrainButton } from './TrainButton'
import { fieldOf, useExpected, usePlan, usePlanKeeping } from './store'
import { Verdict } from './Verdict'
import css from './plan.module.css'

export default function PlanPage() {
  const { t } = useTranslation()
  usePlanKeeping()
  useModelLoading()
  const read = useImport()
  const plan = usePlan((store) => store.plan)
  const error = usePlan((store) => store.error)
  return (
    <Page
      title={t('plan.title')}
      lead={t('plan.lead')}
      actions={
        <>
          <ImportPlan read={read} />
          {plan !== null && <ExportPlan />}
          {plan?.runnable === true && <TrainButton />}
        </>
      }
    >
      <ErrorNotice error={read.error} />
      <AskForm />
      {fieldOf(error) === null && <ErrorNotice error={error} />}
      {plan === null ? (
        <WithoutPlan />
      ) : (
        <>
          <Verdict plan={plan} />
          {plan.memory !== null && <Memory memory={plan.memory} />}
          <Recipe plan={plan} />
          <Options plan={plan} />
          <div className={css.pair}>
            <Dropped values={plan.dropped} />
            <Command plan={plan} />
          </div>
        </>
      )}
    </Page>
  )
}

/** On its way, or not to be had yet. */
function WithoutPlan() {
  const expected = useExpected()
  const error = usePlan((store) => store.error)
  if (fieldOf(error) !== null || (error === null && !expected)) return <EmptyPlan />
  if (error !== null) return null
  return (
    <div className={css.expected} aria-busy="true">
      <Skeleton height={180} radius={16} />
      <Skeleton height={260} radius={12} />
    </div>
  )
}
