import { useTranslation } from 'react-i18next'
import { Page } from '../../ui/Page'
import { parseDataRoute, type Tab } from './route'
import { LintTab } from './work/LintTab'
import { MapTab } from './work/MapTab'
import { RewardTab } from './work/RewardTab'
import { TokensTab } from './work/TokensTab'
import { WriteTab } from './work/WriteTab'

/** Each tab reads what is open from `useDataset`. */
const contents: Partial<Record<Tab, () => React.ReactNode>> = {
  map: MapTab,
  tokens: TokensTab,
  lint: LintTab,
  reward: RewardTab,
  write: WriteTab,
}

export default function DataPage({ id }: { id: string | null }) {
  const { t } = useTranslation()
  const route = parseDataRoute(id)
  const Content = contents[route?.tab ?? 'rows']
  return (
    <Page title={t('data.look.title')} lead={t('data.look.lead')} wide>
      {Content !== undefined && <Content />}
    </Page>
  )
}
