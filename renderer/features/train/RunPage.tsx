import { Tabs } from '@mantine/core'
import { IconActivity, IconDeviceFloppy, IconListDetails, IconMessages, type Icon } from '@tabler/icons-react'
import type { RunView } from '#contract'
import { useTranslation } from 'react-i18next'
import { RunVerdict } from '../diagnosis/RunVerdict'
import { go, useRoute } from '../../stores/route'
import { Page } from '../../ui/Page'
import { RunStatus } from '../../ui/Status'
import { CheckpointsTab } from './checkpoints/CheckpointsTab'
import { AllRuns } from './list/AllRuns'
import { RunActions } from './RunActions'
import { Details } from './run/Details'
import { Overview } from './run/Overview'
import { ProgressLine } from './run/ProgressLine'
import { RunNotices } from './run/RunNotices'
import { SamplesTab } from './samples/SamplesTab'
import css from './train.module.css'

const tabs = ['overview', 'samples', 'checkpoints', 'details'] as const
type Tab = (typeof tabs)[number]

const contents: Record<Tab, (props: { run: RunView }) => React.ReactNode> = {
  overview: Overview,
  samples: SamplesTab,
  checkpoints: CheckpointsTab,
  details: Details,
}

const icons: Record<Tab, Icon> = {
  overview: IconActivity,
  samples: IconMessages,
  checkpoints: IconDeviceFloppy,
  details: IconListDetails,
}

/** One training: how it goes, and what can be done with it. */
export function RunPage({ run }: { run: RunView }) {
  const { part } = useRoute()
  return (
    <Page
      wide
      title={run.name}
      above={<AllRuns />}
      beside={<RunStatus status={run.status} testId="run-status" />}
      actions={<RunActions run={run} />}
    >
      <RunNotices run={run} />
      <RunVerdict run={run} />
      <ProgressLine run={run} />
      <RunTabs run={run} tab={tabs.find((name) => name === part) ?? 'overview'} />
    </Page>
  )
}

function RunTabs({ run, tab }: { run: RunView; tab: Tab }) {
  const { t } = useTranslation()
  return (
    <Tabs
      className={css.tabs ?? ''}
      value={tab}
      keepMounted={false}
      onChange={(next) => go('runs', run.id, ...(next === null || next === 'overview' ? [] : [next]))}
    >
      <Tabs.List className={css.tabList ?? ''} aria-label={t('runs.sections')}>
        {tabs.map((name) => {
          const Shape = icons[name]
          return (
            <Tabs.Tab key={name} value={name} leftSection={<Shape size={16} stroke={1.7} aria-hidden />}>
              {t(`runs.tabs.${name}`)}
            </Tabs.Tab>
          )
        })}
      </Tabs.List>
      {tabs.map((name) => {
        const Content = contents[name]
        return (
          <Tabs.Panel key={name} value={name} className={css.tabPanel ?? ''}>
            <Content run={run} />
          </Tabs.Panel>
        )
      })}
    </Tabs>
  )
}
