import { Button } from '@mantine/core'
import type { RunView } from '#contract'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../../api/session'
import { useFormat } from '../../../i18n'
import { useCommand } from '../../../stores/command'
import { ErrorNotice, Notice } from '../../../ui/Notice'

/** What somebody who opens this run should know before everything else. */
export function RunNotices({ run }: { run: RunView }) {
  return (
    <>
      <Unseen run={run} />
      <Ending run={run} />
      <Queue run={run} />
      <StopsLater run={run} />
    </>
  )
}

/** Said once, for as long as the page is open; the core is told that it was. */
function Unseen({ run }: { run: RunView }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [told, setTold] = useState(run.unseen)
  if (run.unseen && !told) setTold(true)
  const { id, unseen } = run
  useEffect(() => {
    // Not heard is no loss: it is said again at the next visit.
    if (unseen)
      client()
        .runs.seen({ id })
        .catch(() => undefined)
  }, [id, unseen])
  if (!told || run.endedAt === null) return null
  return (
    <Notice tone={run.status === 'finished' ? 'ok' : 'info'} title={t('runs.ended')}>
      {t('runs.endedText', { status: t(`runStatus.${run.status}`), time: format.time(run.endedAt) })}
    </Notice>
  )
}

/** A run that failed has its verdict below. */
function Ending({ run }: { run: RunView }) {
  const { t } = useTranslation()
  if (run.status === 'starting' && run.phase === null) return <Notice tone="info">{t('runs.starting')}</Notice>
  if (run.status === 'lost') return <Notice tone="warn">{t('runs.lost')}</Notice>
  return null
}

function Queue({ run: { id, queued } }: { run: RunView }) {
  const { t } = useTranslation()
  const first = useCommand((core) => core.runs.first({ id }))
  if (queued === null) return null
  const front = (
    <Button size="xs" variant="default" loading={first.busy} onClick={() => void first.run()}>
      {t('runs.first')}
    </Button>
  )
  return (
    <>
      <Notice tone="info" actions={queued > 1 ? front : undefined}>
        {t('runs.queued', { place: queued })}
      </Notice>
      <ErrorNotice error={first.error} />
    </>
  )
}

function StopsLater({ run: { id, stopsAtCheckpoint } }: { run: RunView }) {
  const { t } = useTranslation()
  const goOn = useCommand((core) => core.runs.goOn({ id }))
  if (!stopsAtCheckpoint) return null
  return (
    <>
      <Notice
        tone="info"
        actions={
          <Button size="xs" variant="default" loading={goOn.busy} onClick={() => void goOn.run()}>
            {t('runs.goOn')}
          </Button>
        }
      >
        {t('runs.stopsAtCheckpoint')}
      </Notice>
      <ErrorNotice error={goOn.error} />
    </>
  )
}
