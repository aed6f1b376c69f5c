import { Button, Tooltip } from '@mantine/core'
import {
  IconArrowBackUp,
  IconArrowRight,
  IconCircleCheckFilled,
  IconCircleXFilled,
  IconInfoCircle,
} from '@tabler/icons-react'
import type { Nearest, Plan, PlanFinding } from '#contract'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { hrefOf } from '../../stores/route'
import { Notice } from '../../ui/Notice'
import { summaryOf } from './facts'
import { shortName } from './hardware'
import { bareKey, changedOf } from './options'
import { withNearest } from './request'
import { revealOption } from './view'
import { edit, set, usePlan } from './store'
import { useSentences } from './words'
import css from './verdict.module.css'

/** The answer: it runs or it does not, in one sentence, with the numbers it rests on. */
export function Verdict({ plan }: { plan: Plan }) {
  const { t } = useTranslation()
  const busy = usePlan((store) => store.busy)
  const Shape = plan.runnable ? IconCircleCheckFilled : IconCircleXFilled
  return (
    <section
      className={css.verdict}
      data-runnable={plan.runnable}
      data-busy={busy || undefined}
      aria-label={t('plan.title')}
      data-testid="plan-verdict"
    >
      <div className={css.head}>
        <Shape size={36} aria-hidden />
        <div role="status">
          <h2>{useHeadline(plan)}</h2>
          <How plan={plan} />
        </div>
      </div>
      <Numbers plan={plan} />
      <Objections findings={plan.findings} />
      {plan.nearest.length > 0 && <WhatWouldRun nearest={plan.nearest} />}
      <ChangedByHand plan={plan} />
    </section>
  )
}

function useHeadline(plan: Plan): string {
  const { t } = useTranslation()
  const here = usePlan((store) => store.request.hardware === null)
  const { device, runnable } = plan
  if (device === null) return t('plan.verdict.refusedNoCard')
  const card = { card: shortName(device.name) }
  if (runnable) return here ? t('plan.verdict.runsHere', card) : t('plan.verdict.runsThere', card)
  if (changedOf(plan).length > 0) return t('plan.verdict.refusedChanged', card)
  return here ? t('plan.verdict.refusedHere', card) : t('plan.verdict.refusedThere', card)
}

/** How it trains, in a line of short facts. */
function How({ plan }: { plan: Plan }) {
  const { t } = useTranslation()
  const { lora, precision, rollout } = summaryOf(plan)
  const facts = [
    plan.model.name,
    plan.algorithm.toUpperCase(),
    lora === null ? t('plan.verdict.full') : t('plan.verdict.lora', { rank: lora }),
    precision,
    rollout === null ? null : t('plan.verdict.rollout', { name: rollout }),
    plan.trainer === null ? null : t(`plan.verdict.trainers.${plan.trainer}`),
  ]
  const said = plan.overrides.length === 0 ? facts.slice(0, 2) : facts
  return <p className={css.how}>{said.filter((fact) => fact !== null).join(' · ')}</p>
}

function Number({ name, children, note }: { name: string; children: ReactNode; note?: string | undefined }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {children} {note !== undefined && <small>{note}</small>}
      </dd>
    </div>
  )
}

function Numbers({ plan }: { plan: Plan }) {
  const { t } = useTranslation()
  const format = useFormat()
  const gpu = plan.memory?.gpu
  return (
    <dl className={css.numbers}>
      {gpu !== undefined && (
        <>
          <Number name={t('plan.verdict.peak')} note={t('plan.verdict.peakOf', { budget: gpu.budgetBytes })}>
            {format.memory(gpu.peakBytes)}
          </Number>
          <Number name={gpu.headroomBytes < 0 ? t('plan.verdict.over') : t('plan.verdict.spare')}>
            <span data-short={gpu.headroomBytes < 0 || undefined}>{format.memory(Math.abs(gpu.headroomBytes))}</span>
          </Number>
        </>
      )}
      {plan.time !== null && plan.runnable && <Time time={plan.time} />}
      <Number name={t('plan.verdict.model')}>
        {t('plan.verdict.modelValue', { n: format.compact(plan.model.parameters) })}
      </Number>
      <Number name={t('plan.verdict.recipe')}>
        <span className={css.recipe}>{plan.recipe?.id ?? t('plan.verdict.recipeNone')}</span>
      </Number>
    </dl>
  )
}

function Time({ time }: { time: NonNullable<Plan['time']> }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sentences = useSentences()
  return (
    <Number name={t('plan.verdict.time')}>
      <Tooltip label={sentences.rule(time.rule, time.params)} multiline maw={320}>
        <button type="button" className={css.explained}>
          {t('plan.verdict.about', { duration: format.duration(time.secondsPerStep * 1000) })}
        </button>
      </Tooltip>
    </Number>
  )
}

const tones = { error: 'bad', warning: 'warn', info: 'info' } as const
/** What weighs most comes first; remarks are said more quietly, below. */
const order = ['error', 'warning'] as const

function Objections({ findings }: { findings: PlanFinding[] }) {
  const sentences = useSentences()
  const sorted = order.flatMap((severity) => findings.filter((finding) => finding.severity === severity))
  const remarks = findings.filter(({ severity }) => severity === 'info')
  if (findings.length === 0) return null
  return (
    <div className={css.objections}>
      {sorted.map((finding, index) => (
        <Notice
          key={`${finding.code}-${index}`}
          tone={tones[finding.severity]}
          actions={finding.keys.slice(0, 3).map((key) => (
            <Button
              key={key}
              variant="subtle"
              color="gray"
              size="compact-xs"
              rightSection={<IconArrowRight size={13} aria-hidden />}
              onClick={() => revealOption(key)}
            >
              {sentences.option(key) ?? bareKey(key).split('.').at(-1)}
              <span className="hidden-visually"> {bareKey(key)}</span>
            </Button>
          ))}
        >
          {sentences.finding(finding)}
        </Notice>
      ))}
      {remarks.map((finding, index) => (
        <p key={`${finding.code}-${index}`} className={css.remark}>
          <IconInfoCircle size={16} stroke={1.8} aria-hidden />
          {sentences.finding(finding)}
        </p>
      ))}
    </div>
  )
}

function WhatWouldRun({ nearest }: { nearest: Nearest[] }) {
  const { t } = useTranslation()
  const sentences = useSentences()
  return (
    <div className={css.nearest}>
      <h3>{t('plan.verdict.nearest')}</h3>
      <ul>
        {nearest.map((one, index) => (
          <li key={`${one.kind}-${index}`}>
            <Proposal one={one} text={sentences.nearest(one)} />
          </li>
        ))}
      </ul>
    </div>
  )
}

function Proposal({ one: { kind, request }, text }: { one: Nearest; text: string }) {
  const arrow = <IconArrowRight size={15} aria-hidden />
  if (kind === 'practice') {
    return (
      <Button component="a" href={hrefOf('practice')} variant="default" rightSection={arrow}>
        {text}
      </Button>
    )
  }
  // It takes other hardware: there is nothing to press.
  if (request === null) return <p>{text}</p>
  return (
    <Button variant="default" rightSection={arrow} onClick={() => edit((asked) => withNearest(asked, request))}>
      {text}
    </Button>
  )
}

function ChangedByHand({ plan }: { plan: Plan }) {
  const { t } = useTranslation()
  const changed = changedOf(plan)
  if (changed.length === 0) return null
  return (
    <div className={css.changed}>
      <p>{t('plan.verdict.changed', { count: changed.length })}</p>
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconArrowBackUp size={15} aria-hidden />}
        onClick={() => set({ changes: {} })}
      >
        {t('plan.verdict.resetAll')}
      </Button>
    </div>
  )
}
