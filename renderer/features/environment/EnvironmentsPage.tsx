import { Button, Group } from '@mantine/core'
import { IconBox, IconFolderSearch, IconPlus, IconRecycle } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCore } from '../../stores/projection'
import { hrefOf } from '../../stores/route'
import { Dialog } from '../../ui/Dialog'
import { Page, Panel } from '../../ui/Page'
import { Empty } from '../../ui/parts'
import { Adopt } from './Adopt'
import { Chooser } from './Chooser'
import { EnvironmentCard } from './EnvironmentCard'
import { EnvironmentJob } from './EnvironmentJob'
import { shownJobs, sortedEnvironments } from './names'
import { Space } from './Space'

type Open = 'new' | 'mine' | 'space' | null

const icons = { new: IconPlus, mine: IconFolderSearch, space: IconRecycle }
const contents = { new: Chooser, mine: Adopt, space: Space }

export default function EnvironmentsPage() {
  const { t } = useTranslation()
  const [open, setOpen] = useState<Open>(null)
  const all = useCore((state) => state.environments)
  const jobs = shownJobs(
    useCore((state) => state.jobs),
    all,
  )
  const environments = sortedEnvironments(all)
  const kinds = ['space', 'mine', 'new'] as const
  const actions = kinds.map((kind) => {
    const Icon = icons[kind]
    return (
      <Button
        key={kind}
        variant={kind === 'new' ? 'filled' : 'default'}
        leftSection={<Icon size={16} aria-hidden />}
        onClick={() => setOpen(kind)}
      >
        {t(`environments.${kind}.action`)}
      </Button>
    )
  })
  return (
    <Page title={t('environments.title')} lead={t('environments.lead')} actions={actions}>
      {jobs.map((job) => (
        <EnvironmentJob key={job.id} job={job} />
      ))}
      {environments.length === 0 && jobs.length === 0 && <NoneYet onNew={() => setOpen('new')} />}
      {environments.map((environment) => (
        <EnvironmentCard key={environment.id} environment={environment} />
      ))}
      {kinds.map((kind) => {
        const Content = contents[kind]
        const close = () => setOpen(null)
        return (
          <Dialog
            key={kind}
            opened={open === kind}
            title={t(`environments.${kind}.title`)}
            size={kind === 'mine' ? 'md' : 'xl'}
            onClose={close}
          >
            <Content onClose={close} />
          </Dialog>
        )
      })}
    </Page>
  )
}

function NoneYet({ onNew }: { onNew(): void }) {
  const { t } = useTranslation()
  return (
    <Panel>
      <Empty
        icon={IconBox}
        title={t('environments.emptyTitle')}
        action={
          <Group gap="xs" justify="center">
            <Button onClick={onNew}>{t('environments.emptyNew')}</Button>
            <Button variant="default" component="a" href={hrefOf('practice')}>
              {t('environments.emptyAction')}
            </Button>
          </Group>
        }
      >
        {t('environments.emptyText')}
      </Empty>
    </Panel>
  )
}
