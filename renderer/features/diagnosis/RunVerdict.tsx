import { Skeleton } from '@mantine/core'
import type { RunView } from '#contract'
import { useTranslation } from 'react-i18next'
import { useAsked } from '../../stores/asked'
import { go } from '../../stores/route'
import { showPlace } from '../../terminal/place'
import { ErrorNotice } from '../../ui/Notice'
import { CopyReport } from './CopyReport'
import { LastSteps } from './LastSteps'
import { useManual } from './manual-text'
import { Remedies } from './Remedies'
import { Verdict } from './Verdict'

/** On the page of a run that broke off: why, and what to press. */
export function RunVerdict({ run }: { run: RunView }) {
  const { t } = useTranslation()
  const failed = run.status === 'failed' || run.status === 'lost'
  const key = failed ? `${run.id} ${run.attempts.length}` : null
  const found = useAsked(key, (core) => core.diagnosis.of({ kind: 'run', id: run.id }))
  const manual = useManual()
  const ending = useEnding(run)
  if (!failed) return null
  if (found.error !== null) return <ErrorNotice error={found.error} />
  if (found.value === null) return <Skeleton height={160} radius={12} aria-label={t('diagnosis.looking')} />
  const begin = run.attempts.at(-1)?.logFrom ?? 0
  return (
    <Verdict
      found={found.value}
      manual={manual.value}
      ending={ending}
      actions={<CopyReport request={{ kind: 'run', id: run.id }} />}
      onLine={({ offset, text }) => {
        go('runs', run.id)
        showPlace(run.id, begin + offset, text)
      }}
    >
      {found.value.root !== null && <Remedies run={run} />}
      <LastSteps run={run} />
    </Verdict>
  )
}

/** How its process ended. */
function useEnding({ status, exit }: RunView): string {
  const { t } = useTranslation()
  if (status === 'lost') return t('runStatus.lost')
  if (exit?.signal != null) return t('runs.exitSignal', { signal: exit.signal })
  return exit?.code != null ? t('runs.exitCode', { code: exit.code }) : t('runStatus.failed')
}
