import { Tabs } from '@mantine/core'
import {
  IconArrowLeft,
  IconArrowsExchange,
  IconChartBar,
  IconColumns,
  IconDeviceFloppy,
  IconLetterCase,
  IconShieldCheck,
  IconTable,
  IconTrophy,
  type Icon,
} from '@tabler/icons-react'
import type { DataRef } from '#contract'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { hrefOf } from '../../../stores/route'
import { Findings } from '../../../ui/Findings'
import { Page } from '../../../ui/Page'
import { Compare } from '../compare/Compare'
import { show } from '../go'
import { nameOf } from '../refs'
import { tabs, type Tab } from '../route'
import { Profile } from '../profile/Profile'
import { Rows } from '../rows/Rows'
import { LintTab } from '../tabs/LintTab'
import { MapTab } from '../tabs/MapTab'
import { RewardTab } from '../tabs/RewardTab'
import { TokensTab } from '../tabs/TokensTab'
import { WriteTab } from '../tabs/WriteTab'
import { OpenLine } from './OpenLine'
import { OpenProblem } from './OpenProblem'
import { Pickers } from './Pickers'
import { Reopen } from './reopen'
import { RowsSkeleton } from './RowsSkeleton'
import { useOpening } from './use-opening'
import css from './open.module.css'

/** Each tab reads what is open from `useDataset`. */
const contents: Record<Tab, () => React.ReactNode> = {
  rows: Rows,
  profile: Profile,
  compare: Compare,
  map: MapTab,
  tokens: TokensTab,
  lint: LintTab,
  reward: RewardTab,
  write: WriteTab,
}

const icons: Record<Tab, Icon> = {
  rows: IconTable,
  profile: IconChartBar,
  compare: IconColumns,
  map: IconArrowsExchange,
  tokens: IconLetterCase,
  lint: IconShieldCheck,
  reward: IconTrophy,
  write: IconDeviceFloppy,
}

/** An open dataset: what it is, how far its reading is, what is wrong with it, and its tabs. */
export function Workbench({ data, tab }: { data: DataRef; tab: Tab }) {
  const { t } = useTranslation()
  const opening = useOpening(data)
  const { opened, error, round, again } = opening
  const reopen = useMemo(() => ({ round, again }), [round, again])
  const above = (
    <a className={css.back} href={hrefOf('data')}>
      <IconArrowLeft size={16} aria-hidden /> {t('data.look.title')}
    </a>
  )
  return (
    <Page
      title={opened?.name ?? nameOf(data.paths[0] ?? '')}
      above={above}
      actions={opened === null ? undefined : <Pickers data={data} opened={opened} tab={tab} />}
      wide
    >
      <OpenLine data={data} opening={opening} />
      <OpenProblem data={data} tab={tab} error={error} again={again} />
      {opened !== null && <Findings findings={opened.findings} />}
      {opened === null && error === null && <RowsSkeleton />}
      {opened !== null && (
        <Reopen value={reopen}>
          <TabList data={data} tab={tab} />
        </Reopen>
      )}
    </Page>
  )
}

function TabList({ data, tab }: { data: DataRef; tab: Tab }) {
  const { t } = useTranslation()
  return (
    <Tabs
      className={css.tabs ?? ''}
      value={tab}
      keepMounted={false}
      onChange={(next) => show(data, tabs.find((name) => name === next) ?? 'rows')}
    >
      <Tabs.List className={css.tabList ?? ''}>
        {tabs.map((name) => {
          const Shape = icons[name]
          return (
            <Tabs.Tab key={name} value={name} leftSection={<Shape size={16} stroke={1.7} aria-hidden />}>
              {t(`data.look.tabs.${name}`)}
            </Tabs.Tab>
          )
        })}
      </Tabs.List>
      {tabs.map((name) => {
        const Content = contents[name]
        return (
          <Tabs.Panel key={name} value={name} className={css.panel ?? ''}>
            <Content />
          </Tabs.Panel>
        )
      })}
    </Tabs>
  )
}
