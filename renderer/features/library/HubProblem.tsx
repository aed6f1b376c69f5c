import { Button } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import type { AppErrorData, ErrorCode, RepoKind } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { go, hrefOf } from '../../stores/route'
import { Dialog } from '../../ui/Dialog'
import { ErrorNotice } from '../../ui/Notice'
import { networkCodes } from '../job/network-codes'
import { repoRoute } from './choice'
import { Tokens } from './Tokens'

const tokenCodes: ReadonlySet<ErrorCode> = new Set(['HUB_GATED', 'HUB_GATED_PENDING', 'HUB_TOKEN_BAD', 'HUB_NOT_FOUND'])

interface HubProblemProps {
  error: AppErrorData | null
  kind: RepoKind
  /** Tried again, e.g. after a token was set. */
  again?: () => void
}

/** What went wrong with a hub, and the one thing to press. */
export function HubProblem({ error, kind, again }: HubProblemProps) {
  const { t } = useTranslation()
  const [asking, setAsking] = useState(false)
  if (error === null) return null
  return (
    <>
      <ErrorNotice
        error={error}
        actions={<Cure error={error} kind={kind} onToken={() => setAsking(true)} again={again} />}
      />
      <Dialog
        opened={asking}
        title={t('library.tokens.title')}
        onClose={() => {
          setAsking(false)
          again?.()
        }}
      >
        <Tokens />
      </Dialog>
    </>
  )
}

interface CureProps {
  error: AppErrorData
  kind: RepoKind
  onToken(): void
  again: (() => void) | undefined
}

function Cure({ error, kind, onToken, again }: CureProps) {
  const { t } = useTranslation()
  const { code, params } = error
  if (code === 'HUB_WRONG_KIND') {
    const other: RepoKind = kind === 'model' ? 'dataset' : 'model'
    return (
      <Button size="xs" onClick={() => go('library', repoRoute(other, String(params['id'])))}>
        {t('library.lookThere')}
      </Button>
    )
  }
  const page = params['page']
  return (
    <>
      {typeof page === 'string' && /^https?:/.test(page) && (
        <Button size="xs" variant="default" component="a" href={page} target="_blank" rel="noreferrer">
          {t('library.openPage')}
        </Button>
      )}
      {tokenCodes.has(code) && (
        <Button size="xs" leftSection={<IconKey size={14} aria-hidden />} onClick={onToken}>
          {t('library.tokens.set')}
        </Button>
      )}
      {(networkCodes.has(code) || code === 'HUB_NOT_A_HUB' || code === 'HUB_BLOCKED') && (
        <Button size="xs" variant="default" component="a" href={hrefOf('settings')}>
          {t('library.settings')}
        </Button>
      )}
      {again !== undefined && (
        <Button size="xs" variant="default" onClick={again}>
          {t('library.again')}
        </Button>
      )}
    </>
  )
}
