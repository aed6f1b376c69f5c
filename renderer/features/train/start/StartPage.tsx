import { Button, SegmentedControl, Skeleton } from '@mantine/core'
import { IconArrowLeft, IconListDetails } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { hrefOf } from '../../../stores/route'
import { ErrorNotice } from '../../../ui/Notice'
import { Page, Panel } from '../../../ui/Page'
import { Empty } from '../../../ui/parts'
import { CommandForm } from './CommandForm'
import { draft, useDraft } from './draft'
import { MissingList } from './MissingList'
import { Preflight } from './Preflight'
import { StartButton } from './StartButton'
import { usePreflight } from './use-preflight'
import { useMadePlan, useMissing, usePlanRequest, useRunRequest } from './use-start'
import { What } from './What'
import { Wishes } from './Wishes'
import css from './start.module.css'
import train from '../train.module.css'

const kinds = ['plan', 'command'] as const

/** Before a training: what it will be, whether it would work, and the button. */
export function StartPage() {
  const { t } = useTranslation()
  const kind = useDraft((form) => form.kind)
  return (
    <Page
      title={t('runs.start.title')}
      lead={t('runs.start.lead')}
      above={
        <a className={train.backLink} href={hrefOf('plan')}>
          <IconArrowLeft size={16} stroke={1.8} aria-hidden />
          {t('runs.start.back')}
        </a>
      }
      actions={
        <SegmentedControl
          aria-label={t('runs.start.kind')}
          value={kind}
          data={kinds.map((value) => ({ value, label: t(`runs.start.kinds.${value}`) }))}
          onChange={(next) => draft({ kind: kinds.find((one) => one === next) ?? 'plan', steps: null })}
        />
      }
    >
      {kind === 'plan' ? <PlanStart /> : <CommandStart />}
    </Page>
  )
}

function PlanStart() {
  const asked = usePlanRequest()
  const made = useMadePlan(asked)
  const request = useRunRequest(asked)
  const missing = useMissing(made.value)
  const runnable = made.value?.runnable === true
  const check = usePreflight(runnable && missing.length === 0 && !made.busy ? request : null)
  if (asked === null) return <NoPlan />
  if (made.value === null)
    return made.error === null ? <Skeleton height={220} radius={12} /> : <ErrorNotice error={made.error} />
  return (
    <div className={css.columns}>
      <div className={css.column}>
        <What plan={made.value} request={asked} />
        <MissingList missing={missing} plan={made.value} />
        <Preflight check={check} plan={asked} waiting={missing.length > 0 || !runnable} />
      </div>
      <aside className={css.column}>
        <Wishes plan={asked} />
        <StartButton request={missing.length === 0 && runnable ? request : null} check={check} />
      </aside>
    </div>
  )
}

function CommandStart() {
  const request = useRunRequest(null)
  return (
    <div className={css.columns}>
      <div className={css.column}>
        <CommandForm />
      </div>
      <aside className={css.column}>
        <Wishes plan={null} />
        <StartButton request={request} check={null} />
      </aside>
    </div>
  )
}

function NoPlan() {
  const { t } = useTranslation()
  return (
    <Panel>
      <Empty
        icon={IconListDetails}
        title={t('runs.start.noPlan')}
        action={
          <Button component="a" href={hrefOf('plan')}>
            {t('runs.start.makePlan')}
          </Button>
        }
      >
        {t('runs.start.noPlanText')}
      </Empty>
    </Panel>
  )
}
