import { Button, Select } from '@mantine/core'
import { IconAdjustmentsHorizontal } from '@tabler/icons-react'
import type { Plan, PlanRequest } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { useCommand } from '../../../stores/command'
import { go } from '../../../stores/route'
import { Findings } from '../../../ui/Findings'
import { Notice } from '../../../ui/Notice'
import { Panel } from '../../../ui/Page'
import { Fact, Facts } from '../../../ui/parts'
import { nameOfEnvironment } from '../../environment/names'
import { useNameText } from '../../environment/use-name'
import { set as planWith } from '../../plan/store'
import { shortName } from '../../plan/hardware'
import { draft, useDraft } from './draft'
import { useEnvironments } from './use-start'
import css from './start.module.css'

/** What follows from the plan, in a few lines; more of it is on the plan page. */
export function What({ plan, request }: { plan: Plan; request: PlanRequest }) {
  const { t } = useTranslation()
  const format = useFormat()
  const changed = Object.keys(request.changes).length
  return (
    <Panel title={t('runs.start.what')} actions={<OpenPlan request={request} />}>
      <div className={css.stack}>
        <Facts>
          <Fact name={t('runs.start.model')}>{plan.model.name}</Fact>
          {plan.data !== null && (
            <Fact name={t('runs.start.data')}>
              {plan.data.name} <small>{t('data.look.reading.rows', { amount: format.count(plan.data.rows) })}</small>
            </Fact>
          )}
          <Fact name={t('runs.start.algorithm')}>{plan.algorithm.toUpperCase()}</Fact>
          {plan.recipe !== null && (
            <Fact name={t('runs.start.recipe')}>
              <code>{plan.recipe.id}</code>
            </Fact>
          )}
          {plan.device !== null && <Fact name={t('runs.start.card')}>{shortName(plan.device.name)}</Fact>}
          <Times plan={plan} />
        </Facts>
        {changed > 0 && <p className={css.quiet}>{t('runs.start.changes', { count: changed })}</p>}
        {!plan.runnable && <Refused plan={plan} />}
        <EnvironmentChoice plan={plan} />
      </div>
    </Panel>
  )
}

/** The plan's own rules say no already; what they say is said here, too. */
function Refused({ plan }: { plan: Plan }) {
  const { t } = useTranslation()
  return (
    <>
      <Notice tone="bad">{t('runs.start.notRunnable')}</Notice>
      <Findings findings={plan.findings.filter(({ severity }) => severity === 'error')} />
    </>
  )
}

function OpenPlan({ request }: { request: PlanRequest }) {
  const { t } = useTranslation()
  // A plan of an older run is taken over, or the page would show another one.
  const open = useCommand(async (core) => {
    planWith(request)
    await core.plan.keep(request)
    draft({ plan: null })
    go('plan')
  })
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      loading={open.busy}
      leftSection={<IconAdjustmentsHorizontal size={15} aria-hidden />}
      onClick={() => void open.run()}
    >
      {t('runs.start.openPlan')}
    </Button>
  )
}

/** Options by which a plan says how long it trains; the last part of the key. */
function plannedSteps(plan: Plan): number | null {
  const value = (name: string) => Number(plan.overrides.find(({ key }) => key.endsWith(name))?.value ?? Number.NaN)
  const total = value('trainer.total_training_steps')
  if (Number.isFinite(total)) return total
  const [epochs, batch] = [value('trainer.total_epochs'), value('data.train_batch_size')]
  // verl leaves out the last batch of an epoch that is not full.
  const all = plan.data === null ? Number.NaN : Math.floor(plan.data.rows / batch) * epochs
  return Number.isFinite(all) && all > 0 ? all : null
}

function Times({ plan }: { plan: Plan }) {
  const { t } = useTranslation()
  const format = useFormat()
  const wanted = useDraft((form) => form.steps)
  if (plan.time === null) return null
  const ms = plan.time.secondsPerStep * 1000
  const steps = wanted ?? plannedSteps(plan)
  // To the minute, where seconds would promise too much.
  const rounded = (duration: number) => (duration > 600_000 ? Math.round(duration / 60_000) * 60_000 : duration)
  const about = (duration: number) => t('runs.start.estimate', { duration: format.duration(rounded(duration)) })
  return (
    <>
      <Fact name={t('runs.start.perStep')}>{about(ms)}</Fact>
      <Fact name={t('runs.start.total')}>
        {steps === null ? (
          t('runs.start.totalUnknown')
        ) : (
          <>
            <b>{about(ms * steps)}</b>{' '}
            <small>
              {format.count(steps)} {t('units.steps')}
            </small>
          </>
        )}
      </Fact>
    </>
  )
}

/** Empty is the one that is used for the recipe. */
const USUAL = ''

function EnvironmentChoice({ plan }: { plan: Plan }) {
  const { t } = useTranslation()
  const nameText = useNameText()
  const chosen = useDraft((form) => form.environment)
  const { fitting, usual } = useEnvironments(plan)
  if (fitting.length === 0) return null
  const auto = { value: USUAL, label: t('runs.start.environmentAuto', { name: usual?.id ?? '' }) }
  const others = fitting.map((one) => ({ value: one.id, label: `${nameText(nameOfEnvironment(one))} · ${one.id}` }))
  return (
    <Select
      label={t('runs.start.environment')}
      allowDeselect={false}
      comboboxProps={{ withinPortal: false }}
      value={chosen ?? (usual === null ? null : USUAL)}
      data={usual === null ? others : [auto, ...others]}
      onChange={(id) => draft({ environment: id === USUAL ? null : id })}
    />
  )
}
