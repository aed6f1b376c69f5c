import { Button } from '@mantine/core'
import {
  IconCircleCheck,
  IconCircleDashed,
  IconCircleMinus,
  IconCircleXFilled,
  IconRefresh,
  type Icon,
} from '@tabler/icons-react'
import type { PlanRequest, PreflightReport } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { ErrorNotice, Notice } from '../../../ui/Notice'
import { Panel } from '../../../ui/Page'
import { Meter } from '../../../ui/parts'
import { areaAt, countOf, groupsOf, type AreaGroup } from './preflight'
import { PreflightFindings } from './PreflightFindings'
import { Undo } from './Undo'
import type { Check } from './use-preflight'
import css from './preflight.module.css'

interface PreflightProps {
  check: Check
  plan: PlanRequest
  /** Something is missing, so nothing can be asked. */
  waiting: boolean
}

/** What the installed verl says to it, by what was looked at. */
export function Preflight({ check, plan, waiting }: PreflightProps) {
  const { t } = useTranslation()
  const { value, busy, error, again } = check
  // What the plan was when the page opened: what is mended here can be taken back.
  const [before] = useState(plan)
  return (
    <Panel
      flush
      title={t('runs.preflight.title')}
      actions={
        <>
          <Undo plan={plan} before={before} />
          <Button
            size="compact-sm"
            variant="default"
            disabled={busy || waiting}
            leftSection={<IconRefresh size={15} aria-hidden />}
            onClick={again}
          >
            {t('runs.preflight.again')}
          </Button>
        </>
      }
    >
      <div className={css.body} data-testid="preflight" data-state={busy ? 'busy' : value === null ? 'none' : 'done'}>
        {waiting && <p className={css.quiet}>{t('runs.preflight.waiting')}</p>}
        {busy && <Working check={check} />}
        {!waiting && <ErrorNotice error={error} title={t('runs.preflight.broken')} />}
        {!waiting && value !== null && (
          <div className={css.report} data-old={busy || undefined}>
            {!busy && <Verdict report={value} />}
            <ul className={css.areas}>
              {groupsOf(value).map((group) => (
                <Area key={group.area} group={group} plan={plan} busy={busy} />
              ))}
            </ul>
          </div>
        )}
      </div>
    </Panel>
  )
}

function Working({ check: { progress } }: { check: Check }) {
  const { t } = useTranslation()
  const area = areaAt(progress)
  const label =
    area === null
      ? t('runs.preflight.checking')
      : t('runs.preflight.area', { area: t(`preflightTerminal.areas.${area}`) })
  const share = progress?.total == null || progress.total === 0 ? null : progress.done / progress.total
  return (
    <div className={css.working} role="status">
      <p>{label}</p>
      <Meter label={t('runs.preflight.title')} share={share} text={label} />
    </div>
  )
}

function Verdict({ report }: { report: PreflightReport }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [errors, warnings] = [countOf(report, 'error'), countOf(report, 'warning')]
  const text = t('runs.preflight.passedText', {
    verl: report.verl ?? '–',
    duration: format.duration(report.seconds * 1000),
  })
  if (!report.passed)
    return (
      <Notice tone="bad" title={t('runs.preflight.failed', { count: errors })}>
        {text}
      </Notice>
    )
  if (warnings > 0)
    return (
      <Notice tone="warn" title={t('runs.preflight.warned', { count: warnings })}>
        {text}
      </Notice>
    )
  return (
    <Notice tone="ok" title={t('runs.preflight.passed')}>
      {text}
    </Notice>
  )
}

const icons: Record<AreaGroup['state'], Icon> = {
  passed: IconCircleCheck,
  failed: IconCircleXFilled,
  skipped: IconCircleMinus,
  waiting: IconCircleDashed,
}

function Area({ group, plan, busy }: { group: AreaGroup; plan: PlanRequest; busy: boolean }) {
  const { t } = useTranslation()
  const { area, state, reason, findings } = group
  const Shape = icons[state]
  return (
    <li className={css.area} data-state={state}>
      <div className={css.areaHead}>
        <Shape size={18} stroke={1.8} aria-hidden />
        <h3>{t(`preflightTerminal.areas.${area}`)}</h3>
        <span>
          {t(`runs.preflight.states.${state}`)}
          {reason !== null && ` (${t(`preflightTerminal.reasons.${reason}`)})`}
        </span>
      </div>
      {findings.length > 0 && <PreflightFindings findings={findings} plan={plan} busy={busy} />}
    </li>
  )
}
