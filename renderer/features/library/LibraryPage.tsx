import { Button } from '@mantine/core'
import { IconGauge, IconKey } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from '../../ui/Dialog'
import { Page } from '../../ui/Page'
import { parseRepoRoute } from './choice'
import { Downloads } from './Downloads'
import { Finder } from './Finder'
import { Items } from './Items'
import { RepoPage } from './RepoPage'
import { Speed } from './Speed'
import { Tokens } from './Tokens'

type Open = 'tokens' | 'speed' | null

const contents = { tokens: Tokens, speed: Speed }
const icons = { tokens: IconKey, speed: IconGauge }

export default function LibraryPage({ id }: { id: string | null }) {
  const repo = parseRepoRoute(id)
  return repo === null ? <Shelf /> : <RepoPage key={id} {...repo} />
}

/** What is here, what is on its way, and where to look for more. */
function Shelf() {
  const { t } = useTranslation()
  const [open, setOpen] = useState<Open>(null)
  const kinds = ['speed', 'tokens'] as const
  const actions = kinds.map((kind) => {
    const Icon = icons[kind]
    return (
      <Button key={kind} variant="default" leftSection={<Icon size={16} aria-hidden />} onClick={() => setOpen(kind)}>
        {t(`library.${kind}.action`)}
      </Button>
    )
  })
  return (
    <Page title={t('library.title')} lead={t('library.lead')} actions={actions}>
      <Finder />
      <Downloads />
      <Items />
      {kinds.map((kind) => {
        const Content = contents[kind]
        return (
          <Dialog key={kind} opened={open === kind} title={t(`library.${kind}.title`)} onClose={() => setOpen(null)}>
            <Content />
          </Dialog>
        )
      })}
    </Page>
  )
}
