import { Button } from '@mantine/core'
import { IconActivity } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useRun } from '../../stores/projection'
import { hrefOf, useRoute } from '../../stores/route'
import { Page, Panel } from '../../ui/Page'
import { PageSkeleton } from '../../ui/PageSkeleton'
import { Empty } from '../../ui/parts'
import { AllRuns } from './list/AllRuns'
import { Compare } from './Compare'
import { idsOf } from './list/groups'
import { RunList } from './list/RunList'
import { RunPage } from './RunPage'
import { StartPage } from './start/StartPage'

export default function RunsPage({ id }: { id: string | null }) {
  if (id === null) return <RunList />
  if (id === 'new') return <StartPage />
  return id === 'compare' ? <ComparePage /> : <OneRun id={id} />
}

function ComparePage() {
  const { t } = useTranslation()
  const { part } = useRoute()
  return (
    <Page wide title={t('runs.compareTitle')} above={<AllRuns />}>
      <Compare ids={idsOf(part)} />
    </Page>
  )
}

/** A run that was just started is told of by another way than the answer that names it, and may come a little later. */
const GRACE_MS = 1500

function OneRun({ id }: { id: string }) {
  const run = useRun(id)
  const [waited, setWaited] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setWaited(true), GRACE_MS)
    return () => clearTimeout(timer)
  }, [])
  if (run !== undefined) return <RunPage run={run} />
  return waited ? <Gone /> : <PageSkeleton />
}

function Gone() {
  const { t } = useTranslation()
  return (
    <Page title={t('runs.title')}>
      <Panel>
        <Empty
          icon={IconActivity}
          title={t('runs.gone')}
          action={
            <Button component="a" href={hrefOf('runs')} variant="default">
              {t('runs.all')}
            </Button>
          }
        >
          {t('runs.goneText')}
        </Empty>
      </Panel>
    </Page>
  )
}
