import { Button } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle, IconTool, IconXboxX, type Icon } from '@tabler/icons-react'
import type { PlanRequest, PreflightFinding } from '#contract'
import { useTranslation } from 'react-i18next'
import { hrefOf } from '../../../stores/route'
import { useFindingText } from '../../../ui/Findings'
import { draft } from './draft'
import { mended } from './preflight'
import css from './preflight.module.css'

const icons: Record<PreflightFinding['severity'], Icon> = {
  error: IconXboxX,
  warning: IconAlertTriangle,
  info: IconInfoCircle,
}

interface PreflightFindingsProps {
  findings: PreflightFinding[]
  plan: PlanRequest
  /** A check is under way: what is shown was before it. */
  busy: boolean
}

export function PreflightFindings({ findings, plan, busy }: PreflightFindingsProps) {
  const { t } = useTranslation()
  const text = useFindingText()
  return (
    <ul className={css.findings}>
      {findings.map((finding, index) => {
        const Shape = icons[finding.severity]
        return (
          <li key={`${finding.code}-${index}`} data-severity={finding.severity}>
            <Shape size={18} stroke={1.8} aria-hidden />
            <div>
              <p>
                <span className="hidden-visually">{t(`runs.preflight.severity.${finding.severity}`)}: </span>
                {text(finding)}
              </p>
              {finding.keys.length > 0 && (
                <p className={css.keys}>
                  {finding.keys.map((key) => (
                    <code key={key}>{key}</code>
                  ))}
                </p>
              )}
            </div>
            <Remedy finding={finding} plan={plan} busy={busy} />
          </li>
        )
      })}
    </ul>
  )
}

/** Where something else than an option is to be changed. */
const pages = { environment: 'environments', data: 'data' } as const

function Remedy({ finding, plan, busy }: { finding: PreflightFinding; plan: PlanRequest; busy: boolean }) {
  const { t } = useTranslation()
  const next = mended(plan, finding)
  const { remedy } = finding
  if (remedy === null) return null
  if (remedy.change === 'environment' || remedy.change === 'data')
    return (
      <Button component="a" size="xs" variant="default" href={hrefOf(pages[remedy.change])}>
        {t(`nav.${pages[remedy.change]}`)}
      </Button>
    )
  if (next === null) return null
  const { key, value } = remedy
  return (
    <Button
      size="xs"
      variant={finding.severity === 'error' ? 'filled' : 'default'}
      disabled={busy}
      leftSection={<IconTool size={14} aria-hidden />}
      onClick={() => draft({ plan: next })}
    >
      {remedy.change === 'set' ? t('runs.preflight.set', { value }) : t('runs.preflight.remove')}
      <span className="hidden-visually"> {key}</span>
    </Button>
  )
}
