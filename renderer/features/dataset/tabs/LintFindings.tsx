import { Button } from '@mantine/core'
import {
  IconAlertTriangleFilled,
  IconCircleXFilled,
  IconInfoCircleFilled,
  IconShieldCheck,
  IconTool,
  type Icon,
} from '@tabler/icons-react'
import type { DataRecipe, DataRef, LintFinding, LintReport } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { useFindingText } from '../../../ui/Findings'
import { Empty } from '../../../ui/parts'
import { show } from '../go'
import { keyOf } from '../refs'
import { startWith, useDataset } from '../store'
import { RowLink } from './RowLink'
import { bySeverity } from './severity'
import lint from './lint.module.css'
import css from './work.module.css'

const icons: Record<LintFinding['severity'], Icon> = {
  error: IconCircleXFilled,
  warning: IconAlertTriangleFilled,
  info: IconInfoCircleFilled,
}

interface LintFindingsProps {
  report: LintReport
  data: DataRef
  recipe: DataRecipe
  /** It is being looked at anew; what is shown was. */
  busy: boolean
  /** A fix was a mapping: the files themselves stay as they are. */
  onMapped(): void
}

export function LintFindings({ report, data, recipe, busy, onMapped }: LintFindingsProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const rows = format.count(report.rows)
  if (report.findings.length === 0)
    return (
      <div className={lint.clean}>
        <Empty icon={IconShieldCheck} title={t('data.work.lint.nothing')}>
          {t('data.work.lint.nothingText', { count: report.rows, rows })}
        </Empty>
      </div>
    )
  const groups = bySeverity(report.findings)
  return (
    <section className={lint.report} aria-label={t('data.work.lint.found')} data-busy={busy || undefined}>
      <p className={lint.counts} role="status">
        <span>{t('data.work.lint.read', { count: report.rows, rows })}</span>
        {groups.map(({ severity, findings }) => (
          <b key={severity} data-severity={severity}>
            {t(`data.work.lint.count.${severity}`, { count: findings.length })}
          </b>
        ))}
      </p>
      <ul className={lint.findings}>
        {groups.flatMap(({ findings }) =>
          findings.map((finding, index) => (
            <One key={`${finding.code}-${index}`} finding={finding} data={data} recipe={recipe} onMapped={onMapped} />
          )),
        )}
      </ul>
    </section>
  )
}

/** The fix is taken as a whole; other data is opened, and it is all looked at again. */
function apply(
  { data: next, recipe: fixed }: NonNullable<LintFinding['fix']>,
  data: DataRef,
  recipe: DataRecipe,
): void {
  if (next === null || keyOf(next) === keyOf(data)) return useDataset.setState({ recipe: fixed ?? recipe })
  const { test, suggestion } = useDataset.getState()
  startWith(next)
  useDataset.setState({ recipe: fixed ?? recipe, test, suggestion })
  show(next, 'lint')
}

type OneProps = Omit<LintFindingsProps, 'report' | 'busy'> & { finding: LintFinding }

function One({ finding, data, recipe, onMapped }: OneProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const text = useFindingText()
  const { code, severity, split, rows, examples, fix } = finding
  const test = useDataset((store) => store.test)
  const whose = split === 'test' ? (test ?? data) : data
  const Shape = icons[severity]
  return (
    <li className={lint.finding} data-severity={severity}>
      <Shape size={20} aria-hidden />
      <div className={lint.body}>
        <p>
          <span className="hidden-visually">{t(`data.work.lint.severity.${severity}`)}: </span>
          {text(finding)}
        </p>
        <div className={css.row}>
          {rows > 0 && (
            <span className={lint.rows}>
              {t(whose === data ? 'data.work.lint.rows' : 'data.work.lint.testRows', {
                count: rows,
                rows: format.count(rows),
              })}
            </span>
          )}
          {examples.slice(0, 8).map((index) => (
            <RowLink key={index} data={whose} index={index} />
          ))}
          <code className={lint.code}>{code}</code>
        </div>
      </div>
      {fix !== null && (
        <Button
          size="xs"
          variant={severity === 'error' ? 'filled' : 'default'}
          leftSection={<IconTool size={15} aria-hidden />}
          onClick={() => {
            apply(fix, data, recipe)
            if (fix.recipe !== null) onMapped()
          }}
        >
          {t('data.work.lint.fix')}
        </Button>
      )}
    </li>
  )
}
