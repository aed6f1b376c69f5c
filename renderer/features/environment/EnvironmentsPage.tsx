import { Button } from '@mantine/core'
import { IconBox } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { newestEnvironments, useCore } from '../../stores/projection'
import { hrefOf } from '../../stores/route'
import { Empty } from '../../ui/parts'
import { Page, Panel } from '../../ui/Page'
import { EnvironmentCard } from './EnvironmentCard'

export default function EnvironmentsPage() {
  const { t } = useTranslation()
  const all = useCore((state) => state.environments)
  const environments = newestEnvironments(all)
  return (
    <Page title={t('environments.title')} lead={t('environments.lead')}>
      {environments.length === 0 && (
        <Panel>
          <Empty
            icon={IconBox}
            title={t('environments.emptyTitle')}
            action={
              <Button component="a" href={hrefOf('practice')}>
                {t('environments.emptyAction')}
              </Button>
            }
          >
            {t('environments.emptyText')}
          </Empty>
        </Panel>
      )}
      {environments.map((environment) => (
        <EnvironmentCard key={environment.id} environment={environment} />
      ))}
    </Page>
  )
}
