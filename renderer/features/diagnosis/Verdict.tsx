import type { Cause, Diagnosis, Evidence, ManualEntry } from '#contract'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { useFindingText } from '../../ui/Findings'
import { Notice } from '../../ui/Notice'
import { Panel } from '../../ui/Page'
import { useCauseText } from './manual-text'
import css from './diagnosis.module.css'

interface VerdictProps {
  found: Diagnosis
  manual: readonly ManualEntry[] | null
  actions?: ReactNode
  /** How its process ended. */
  ending?: string
  /** Goes to a line of the log; left out where there is none to go to. */
  onLine?: (line: Evidence) => void
  children?: ReactNode
}

/** What died of what: the reason in a sentence, what to do, and the lines that prove it. */
export function Verdict({ found, manual, actions, ending, onLine, children }: VerdictProps) {
  const { t } = useTranslation()
  const { status, root } = found
  if (root === null) {
    const text = status === 'clean' || status === 'unknown' ? t(`diagnosis.status.${status}Text`) : undefined
    return (
      <>
        {ending !== undefined && <Notice tone="bad" title={ending} />}
        <Notice tone={status === 'clean' ? 'ok' : 'info'} title={t(`diagnosis.status.${status}`)}>
          {text}
        </Notice>
        <Excerpt found={found} />
      </>
    )
  }
  return (
    <Panel title={t('diagnosis.title')} actions={actions}>
      <div className={css.verdict} data-testid="verdict" data-signature={root.signature ?? ''}>
        <Reason root={root} manual={manual} {...(ending === undefined ? {} : { ending })} />
        <Lines title={t('diagnosis.evidence')} evidence={root.evidence} {...(onLine === undefined ? {} : { onLine })} />
        <Excerpt found={found} />
        {children}
        <Why root={root} />
        <Others others={found.others} manual={manual} />
      </div>
    </Panel>
  )
}

function Reason({ root, manual, ending }: { root: Cause } & Pick<VerdictProps, 'manual' | 'ending'>) {
  const { t } = useTranslation()
  const text = useCauseText(manual)(root)
  return (
    <div className={css.reason}>
      <div className={css.reasonHead}>
        <h3>{text?.title ?? t('diagnosis.unknown')}</h3>
        <span className={css.sureness} data-confidence={root.confidence}>
          {t(`diagnosis.confidence.${root.confidence}`)}
        </span>
        <Phase phase={root.phase} />
        {ending !== undefined && <span className={css.quiet}>{ending}</span>}
      </div>
      <p>{text?.cause ?? t('diagnosis.unknownText')}</p>
      {text !== null && (
        <p className={css.fix}>
          <b>{t('diagnosis.fix')}</b> {text.fix}
        </p>
      )}
    </div>
  )
}

const knownPhases = [
  ...(['start', 'config', 'data', 'model', 'engine', 'rollout', 'logProb', 'update', 'sync', 'save'] as const),
  ...(['load', 'reward'] as const),
]

export function usePhaseName(): (phase: string) => string {
  const { t } = useTranslation()
  return (phase) => {
    const known = knownPhases.find((one) => one === phase)
    return known === undefined ? phase : t(`diagnosis.phases.${known}`)
  }
}

function Phase({ phase }: { phase: string | null }) {
  const { t } = useTranslation()
  const nameOf = usePhaseName()
  if (phase === null) return null
  return <span className={css.quiet}>{t('diagnosis.phase', { phase: nameOf(phase) })}</span>
}

function Lines({
  title,
  evidence,
  onLine,
}: {
  title: string
  evidence: Evidence[]
  onLine?: (line: Evidence) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  if (evidence.length === 0) return null
  return (
    <section aria-label={title}>
      <h4>{title}</h4>
      <ol className={css.lines}>
        {evidence.map((one) => (
          <li key={one.line}>
            {onLine === undefined ? (
              <span className={css.lineNumber}>{format.count(one.line)}</span>
            ) : (
              <button
                type="button"
                className={css.lineNumber}
                aria-label={t('diagnosis.goToLine', { line: one.line })}
                onClick={() => onLine(one)}
              >
                {format.count(one.line)}
              </button>
            )}
            <code>{one.text}</code>
          </li>
        ))}
      </ol>
    </section>
  )
}

function Excerpt({ found: { excerpt } }: { found: Diagnosis }) {
  const { t } = useTranslation()
  if (excerpt === null) return null
  return (
    <section aria-label={t('diagnosis.excerpt')}>
      <h4>{t('diagnosis.excerpt')}</h4>
      <pre className={css.excerpt} tabIndex={0}>
        {excerpt.text}
      </pre>
    </section>
  )
}

function Why({ root }: { root: Cause }) {
  const { t } = useTranslation()
  const text = useFindingText()
  return (
    <details className={css.why}>
      <summary>{t('diagnosis.why')}</summary>
      <ul>
        {root.because.map((finding) => (
          <li key={finding.code}>{text(finding)}</li>
        ))}
      </ul>
    </details>
  )
}

function Others({ others, manual }: { others: Cause[]; manual: VerdictProps['manual'] }) {
  const { t } = useTranslation()
  const textOf = useCauseText(manual)
  if (others.length === 0) return null
  return (
    <details className={css.why}>
      <summary>{t('diagnosis.others')}</summary>
      <ul>
        {others.map((cause) => (
          <li key={`${cause.signature ?? ''} ${cause.evidence[0]?.line ?? 0}`}>
            {textOf(cause)?.title ?? cause.error?.type ?? t('diagnosis.unknown')}
            {cause.evidence[0] !== undefined && (
              <span className={css.quiet}> {t('diagnosis.line', { line: cause.evidence[0].line })}</span>
            )}
          </li>
        ))}
      </ul>
    </details>
  )
}
