import { Autocomplete, SegmentedControl } from '@mantine/core'
import type { PlanRequest } from '#contract'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { useErrorText } from '../../ui/Notice'
import { useCore } from '../../stores/projection'
import { wholeOf } from '../library/choice'
import { HardwareField } from './HardwareField'
import { ModelField } from './ModelField'
import { set, useFieldError, usePlan } from './store'
import css from './ask.module.css'

/** What the plan is for. Everything below follows from these fields. */
export function AskForm() {
  const { t } = useTranslation()
  return (
    <section className={css.ask} aria-label={t('plan.ask.title')}>
      <div className={css.fields}>
        <ModelField />
        <HardwareField />
        <DataField />
        <AlgorithmField />
        <GoalField />
      </div>
    </section>
  )
}

interface ChoiceProps<Value extends string> {
  label: string
  hint: string
  value: Value
  choices: readonly { value: Value; label: string }[]
  onChange(value: Value): void
}

function Choice<Value extends string>({ label, hint, value, choices, onChange }: ChoiceProps<Value>) {
  const id = useId()
  return (
    <div className={css.field}>
      <p id={id} className={css.label}>
        {label}
      </p>
      <SegmentedControl
        fullWidth
        aria-labelledby={id}
        value={value}
        data={[...choices]}
        onChange={(next) => {
          const choice = choices.find((known) => known.value === next)
          if (choice !== undefined) onChange(choice.value)
        }}
      />
      <p className={css.hint}>{hint}</p>
    </div>
  )
}

const algorithms = ['auto', 'grpo', 'ppo'] as const satisfies readonly PlanRequest['algorithm'][]
const goals = ['fits', 'fast', 'careful'] as const satisfies readonly PlanRequest['goal'][]

function AlgorithmField() {
  const { t } = useTranslation()
  const algorithm = usePlan((store) => store.request.algorithm)
  return (
    <Choice
      label={t('plan.ask.algorithm')}
      hint={t(`plan.ask.algorithmHint.${algorithm}`)}
      value={algorithm}
      choices={algorithms.map((value) => ({ value, label: t(`plan.ask.algorithms.${value}`) }))}
      onChange={(next) => set({ algorithm: next })}
    />
  )
}

function GoalField() {
  const { t } = useTranslation()
  const goal = usePlan((store) => store.request.goal)
  return (
    <Choice
      label={t('plan.ask.goal')}
      hint={t(`plan.ask.goalHint.${goal}`)}
      value={goal}
      choices={goals.map((value) => ({ value, label: t(`plan.ask.goals.${value}`) }))}
      onChange={(next) => set({ goal: next })}
    />
  )
}

function DataField() {
  const { t } = useTranslation()
  const kept = usePlan((store) => store.request.data)
  const facts = useDataText()
  const error = useFieldError('data')
  const errorText = useErrorText()
  const folders = wholeOf(
    useCore(({ library }) => library),
    'dataset',
  ).map(({ folder }) => folder)
  const [draft, setDraft] = useState<string | null>(null)
  const commit = () => {
    if (draft === null) return
    setDraft(null)
    set({ data: draft.trim() === '' ? null : draft.trim() })
  }
  return (
    <div className={css.field}>
      <Autocomplete
        label={t('plan.ask.data')}
        data={folders}
        withScrollArea={false}
        comboboxProps={{ withinPortal: false, transitionProps: { duration: 0 } }}
        placeholder={t('plan.ask.dataPlaceholder')}
        value={draft ?? kept ?? ''}
        error={error === null ? undefined : errorText(error)}
        onChange={setDraft}
        onOptionSubmit={(folder) => {
          setDraft(null)
          set({ data: folder })
        }}
        onBlur={commit}
        onKeyDown={({ key }) => key === 'Enter' && commit()}
      />
      {error === null && <p className={css.hint}>{facts ?? t('plan.ask.dataHint')}</p>}
    </div>
  )
}

/** What was found in the data that the shown plan is for. */
function useDataText(): string | null {
  const { t } = useTranslation()
  const format = useFormat()
  const data = usePlan((store) => store.plan?.data ?? null)
  if (data === null) return null
  const numbers = { rows: format.count(data.rows), p50: data.prompt.p50, p95: data.prompt.p95 }
  return data.exact ? t('plan.ask.dataFacts', numbers) : t('plan.ask.dataFactsEstimated', numbers)
}
