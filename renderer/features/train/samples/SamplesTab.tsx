import { Skeleton } from '@mantine/core'
import { IconMessages } from '@tabler/icons-react'
import type { RunView, SamplesRequest } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsked } from '../../../stores/asked'
import { ErrorNotice } from '../../../ui/Notice'
import { Panel } from '../../../ui/Page'
import { Empty } from '../../../ui/parts'
import { OverTime } from './OverTime'
import { Pages } from './Pages'
import { SampleCard } from './SampleCard'
import { PER_PAGE, Sieve, type SieveState } from './Sieve'
import css from './samples.module.css'

const fresh: SieveState = { kind: 'train', step: null, minScore: null, maxScore: null, offset: 0 }

/** What the model was asked and what it said, step by step. */
export function SamplesTab({ run }: { run: RunView }) {
  const { t } = useTranslation()
  const [sieve, setSieve] = useState(fresh)
  const [prompt, setPrompt] = useState<string | null>(null)
  const request: SamplesRequest = { id: run.id, prompt: null, limit: PER_PAGE, ...sieve }
  // The newest step follows the run; one that was chosen stays.
  const key = JSON.stringify([request, sieve.step === null ? [run.lastStep, run.validation?.step, run.status] : null])
  const { value, error, busy } = useAsked(key, (core) => core.runs.samples(request))
  const set = (patch: Partial<SieveState>) => setSieve({ ...sieve, offset: 0, ...patch })
  if (prompt !== null) return <OverTime run={run} kind={sieve.kind} prompt={prompt} onBack={() => setPrompt(null)} />
  return (
    <>
      <h2 className="hidden-visually">{t('runs.tabs.samples')}</h2>
      <Sieve sieve={sieve} page={value} onChange={set} />
      <ErrorNotice error={error} />
      {value === null && error === null && <Skeleton height={260} radius={12} />}
      {value?.steps.length === 0 && (
        <Panel>
          <Empty icon={IconMessages} title={t('runs.samples.none')}>
            {t('runs.samples.noneText')}
          </Empty>
        </Panel>
      )}
      {value !== null && value.steps.length > 0 && value.samples.length === 0 && (
        <p className={css.quiet} role="status">
          {t('runs.samples.noMatch')}
        </p>
      )}
      {value !== null && value.samples.length > 0 && (
        <div className={css.list} aria-busy={busy}>
          {value.samples.map((sample) => (
            <SampleCard
              key={`${sample.step}-${sample.index}`}
              sample={sample}
              onOverTime={() => setPrompt(sample.prompt)}
            />
          ))}
          <Pages total={value.total} offset={sieve.offset} onChange={(offset) => set({ offset })} />
        </div>
      )}
    </>
  )
}
