import { NumberInput, SegmentedControl, TextInput } from '@mantine/core'
import type { PlanRequest } from '#contract'
import { useId, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Panel } from '../../../ui/Page'
import { ClusterForm } from './ClusterForm'
import { draft, useDraft } from './draft'
import { useUsualName } from './use-start'
import css from './start.module.css'

/** Few, so that it is seen whether a training works at all. */
const FIRST_TRY = 20

/** How it is to run: its name, how long, what after a crash, and where. */
export function Wishes({ plan }: { plan: PlanRequest | null }) {
  const { t } = useTranslation()
  const { name, restarts, kind } = useDraft()
  const usual = useUsualName(plan)
  return (
    <Panel>
      <div className={css.stack}>
        <TextInput
          label={t('runs.start.name')}
          placeholder={usual}
          maxLength={80}
          value={name}
          onChange={({ currentTarget }) => draft({ name: currentTarget.value })}
        />
        {kind === 'plan' ? <Length /> : <CommandSteps />}
        <NumberInput
          label={t('runs.start.restarts')}
          description={t('runs.start.restartsHint')}
          min={0}
          max={20}
          clampBehavior="strict"
          allowDecimal={false}
          value={restarts}
          onChange={(next) => draft({ restarts: typeof next === 'number' ? next : 0 })}
        />
        <Where />
      </div>
    </Panel>
  )
}

function Labelled({ label, hint, children }: { label: string; hint?: string; children(id: string): ReactNode }) {
  const id = useId()
  return (
    <div className={css.field}>
      <p id={id} className={css.label}>
        {label}
      </p>
      {children(id)}
      {hint !== undefined && <p className={css.hint}>{hint}</p>}
    </div>
  )
}

const lengths = ['plan', 'steps'] as const

function Length() {
  const { t } = useTranslation()
  const steps = useDraft((form) => form.steps)
  return (
    <Labelled label={t('runs.start.length')} hint={t('runs.start.lengthHint')}>
      {(id) => (
        <>
          <SegmentedControl
            fullWidth
            aria-labelledby={id}
            value={steps === null ? 'plan' : 'steps'}
            data={lengths.map((value) => ({ value, label: t(`runs.start.lengths.${value}`) }))}
            onChange={(next) => draft({ steps: next === 'plan' ? null : FIRST_TRY })}
          />
          {steps !== null && <Steps label={t('runs.start.steps')} value={steps} />}
        </>
      )}
    </Labelled>
  )
}

function Steps({ label, value }: { label: string; value: number }) {
  return (
    <NumberInput
      aria-label={label}
      min={1}
      max={1_000_000}
      clampBehavior="strict"
      allowDecimal={false}
      thousandSeparator=" "
      value={value}
      onChange={(next) => typeof next === 'number' && next >= 1 && draft({ steps: next })}
    />
  )
}

function CommandSteps() {
  const { t } = useTranslation()
  const steps = useDraft((form) => form.steps)
  return (
    <NumberInput
      label={t('runs.start.steps')}
      description={t('runs.start.command.stepsHint')}
      min={1}
      allowDecimal={false}
      value={steps ?? ''}
      onChange={(next) => draft({ steps: typeof next === 'number' && next >= 1 ? next : null })}
    />
  )
}

const wheres = ['here', 'cluster'] as const

function Where() {
  const { t } = useTranslation()
  const cluster = useDraft((form) => form.cluster)
  return (
    <Labelled label={t('runs.start.where')}>
      {(id) => (
        <>
          <SegmentedControl
            fullWidth
            aria-labelledby={id}
            value={cluster === null ? 'here' : 'cluster'}
            data={wheres.map((value) => ({ value, label: t(`runs.start.wheres.${value}`) }))}
            onChange={(next) => draft({ cluster: next === 'here' ? null : {} })}
          />
          {cluster !== null && <ClusterForm cluster={cluster} />}
        </>
      )}
    </Labelled>
  )
}
