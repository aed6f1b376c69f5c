import { useState } from 'react'
import type { DiagnoseRequest } from '#contract'
import { useTranslation } from 'react-i18next'
import { useAsked } from '../../stores/asked'
import { ErrorNotice } from '../../ui/Notice'
import { Page } from '../../ui/Page'
import { CopyReport } from './CopyReport'
import { LogForm } from './LogForm'
import { Manual } from './Manual'
import { useManual } from './manual-text'
import { Verdict } from './Verdict'

/** Any log judged, and what is known of crashes to read in. */
export default function DiagnosisPage() {
  const { t } = useTranslation()
  const [asked, setAsked] = useState<{ request: DiagnoseRequest; time: number } | null>(null)
  const key = asked === null ? null : String(asked.time)
  const found = useAsked(key, (core) =>
    asked === null ? Promise.reject(new Error('nothing asked')) : core.diagnosis.of(asked.request),
  )
  const manual = useManual()
  return (
    <Page title={t('diagnosis.title')} lead={t('diagnosis.lead')}>
      <LogForm
        busy={found.busy}
        onAsk={(request) => setAsked(request === null ? null : { request, time: performance.now() })}
      />
      {asked !== null && (
        <>
          <ErrorNotice error={found.error} />
          {found.value !== null && (
            <Verdict
              found={found.value}
              manual={manual.value}
              actions={found.value.root !== null && <CopyReport request={asked.request} />}
            />
          )}
        </>
      )}
      <ErrorNotice error={manual.error} />
      {manual.value !== null && <Manual entries={manual.value} />}
    </Page>
  )
}
