import { Button } from '@mantine/core'
import { IconActivity } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useRun } from '../../stores/projection'
import { hrefOf, useRoute } from '../../stores/route'
import { Page, Panel } from '../../ui/Page'
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

function OneRun({ id }: { id: string }) {
  const { t } = useTranslation()
  const run = useRun(id)
  if (run !== undefined) return <RunPage run={run} />
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
