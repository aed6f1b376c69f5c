import { Skeleton } from '@mantine/core'
import { IconDeviceFloppy } from '@tabler/icons-react'
import type { CheckpointView, RunView } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { useAsked } from '../../../stores/asked'
import { useCore } from '../../../stores/projection'
import { ErrorNotice } from '../../../ui/Notice'
import { Panel } from '../../../ui/Page'
import { Empty } from '../../../ui/parts'
import { Ask } from './Ask'
import { CheckpointJobs, jobsOf } from './CheckpointJobs'
import { CheckpointTable } from './CheckpointTable'

/** What a training leaves behind, and what can be made of it. */
export function CheckpointsTab({ run }: { run: RunView }) {
  const jobs = jobsOf(
    useCore((state) => state.jobs),
    run.id,
  )
  // Asked anew when one was saved or rotated away, a best one was found, or a model was made.
  const key = JSON.stringify([run.id, run.status, run.checkpoint, run.best?.step, jobs.map(({ status }) => status)])
  const asked = useAsked(key, (core) => core.runs.checkpoints({ id: run.id }))
  // What pinning and deleting answer is newer than what was asked before it.
  const [asking, setAsking] = useState<number | null>(null)
  const [told, setTold] = useState<{ key: string; list: CheckpointView[] } | null>(null)
  const list = told?.key === key ? told.list : asked.value
  return (
    <>
      <ErrorNotice error={asked.error} />
      {list === null && asked.error === null && <Skeleton height={180} radius={12} />}
      {list !== null && (
        <Found run={run} list={list} onTold={(next) => setTold({ key, list: next })} onAsk={setAsking} />
      )}
      <CheckpointJobs jobs={jobs} />
      {list?.some(({ whole }) => whole) === true && <Ask run={run} list={list} step={asking} onStep={setAsking} />}
    </>
  )
}

interface FoundProps {
  run: RunView
  list: CheckpointView[]
  onTold(list: CheckpointView[]): void
  /** This one is to be asked. */
  onAsk(step: number): void
}

function Found({ run, list, onTold, onAsk }: FoundProps) {
  const { t } = useTranslation()
  const format = useFormat()
  if (list.length === 0)
    return (
      <Panel>
        <Empty icon={IconDeviceFloppy} title={t('runs.checkpoints.none')}>
          {t('runs.checkpoints.noneText')}
        </Empty>
      </Panel>
    )
  const size = format.bytes(list.reduce((sum, { bytes }) => sum + bytes, 0))
  const title = `${t('runs.checkpoints.count', { count: list.length })} · ${t('runs.checkpoints.sum', { size })}`
  return (
    <Panel flush title={title}>
      <CheckpointTable run={run} list={list} onTold={onTold} onAsk={onAsk} />
    </Panel>
  )
}
