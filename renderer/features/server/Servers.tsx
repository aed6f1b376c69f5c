import { Button, SegmentedControl, TextInput } from '@mantine/core'
import { IconServer2, IconTrash } from '@tabler/icons-react'
import type { AppErrorData } from '#contract'
import { useEffect, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { desktop, type DesktopBridge, type KnownServer, type ServerRequest } from '../../api/desktop'
import { Dialog } from '../../ui/Dialog'
import { ErrorNotice, Notice } from '../../ui/Notice'
import css from './server.module.css'

/** Where the page's core is, and the way to another one. Nothing in a browser: that is at its server already. */
export function ServerButton() {
  const { t } = useTranslation()
  return (
    <WithServers>
      {(open) => (
        <button type="button" className={css.here} aria-label={t('server.open')} onClick={open}>
          <IconServer2 size={16} stroke={1.8} aria-hidden />
          <span>{t('server.here')}</span>
        </button>
      )}
    </WithServers>
  )
}

/** For who sits at a computer without a card. Nothing in a browser, which is at a server already. */
export function ServerOffer() {
  const { t } = useTranslation()
  return (
    <WithServers>
      {(open) => (
        <Notice tone="info" title={t('server.elsewhere')}>
          <p>{t('server.elsewhereText')}</p>
          <Button size="xs" variant="default" leftSection={<IconServer2 size={16} aria-hidden />} onClick={open}>
            {t('server.title')}
          </Button>
        </Notice>
      )}
    </WithServers>
  )
}

function WithServers({ children }: { children: (open: () => void) => ReactNode }) {
  const { t } = useTranslation()
  const [opened, setOpened] = useState(false)
  const bridge = desktop()
  if (bridge === null) return null
  return (
    <>
      {children(() => setOpened(true))}
      <Dialog opened={opened} title={t('server.title')} onClose={() => setOpened(false)}>
        <Servers bridge={bridge} done={() => setOpened(false)} />
      </Dialog>
    </>
  )
}

const again = (server: KnownServer): ServerRequest =>
  server.kind === 'ssh'
    ? { kind: 'ssh', host: server.name, program: server.program }
    : { kind: 'address', address: server.name, token: '' }

interface ServersProps {
  bridge: DesktopBridge
  done(): void
}

function Servers({ bridge, done }: ServersProps) {
  const { t } = useTranslation()
  const [known, setKnown] = useState<KnownServer[]>([])
  const [busy, setBusy] = useState<string | null>(null)
  const [error, setError] = useState<AppErrorData | null>(null)
  const look = () => void bridge.servers().then(setKnown)
  useEffect(look, [bridge])

  async function connect(request: ServerRequest, name: string): Promise<void> {
    setBusy(name)
    setError(null)
    const failed = await bridge.connectServer(request)
    setBusy(null)
    setError(failed)
    if (failed === null) done()
  }

  return (
    <div className={css.form}>
      <p className={css.hint}>{t('server.lead')}</p>
      {known.length > 0 && (
        <ul className={css.known} aria-label={t('server.known')}>
          {known.map((server) => (
            <li key={server.name}>
              <span className={css.name}>{server.name}</span>
              <Button
                size="compact-sm"
                variant="default"
                loading={busy === server.name}
                disabled={busy !== null}
                aria-label={t('server.connectTo', { name: server.name })}
                onClick={() => void connect(again(server), server.name)}
              >
                {t('server.connect')}
              </Button>
              <Button
                size="compact-sm"
                variant="subtle"
                color="gray"
                aria-label={t('server.forget', { name: server.name })}
                onClick={() => void bridge.forgetServer(server.name).then(look)}
              >
                <IconTrash size={16} stroke={1.7} aria-hidden />
              </Button>
            </li>
          ))}
        </ul>
      )}
      <NewServer busy={busy === ''} disabled={busy !== null} connect={(request) => void connect(request, '')} />
      <ErrorNotice error={error} title={t('server.failed')} />
    </div>
  )
}

interface NewServerProps {
  busy: boolean
  disabled: boolean
  connect(request: ServerRequest): void
}

function NewServer({ busy, disabled, connect }: NewServerProps) {
  const { t } = useTranslation()
  const [kind, setKind] = useState<'ssh' | 'address'>('ssh')
  const [where, setWhere] = useState('')
  const [more, setMore] = useState('')
  const request: ServerRequest =
    kind === 'ssh' ? { kind, host: where.trim(), program: more.trim() } : { kind, address: where.trim(), token: more }
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (where.trim() !== '' && !disabled) connect(request)
      }}
    >
      <SegmentedControl
        aria-label={t('server.way')}
        value={kind}
        onChange={(value) => {
          setKind(value)
          setWhere('')
          setMore('')
        }}
        data={[
          { value: 'ssh', label: t('server.ssh') },
          { value: 'address', label: t('server.address') },
        ]}
      />
      <TextInput
        label={t(`server.${kind}Label`)}
        description={t(`server.${kind}Text`)}
        placeholder={kind === 'ssh' ? 'me@gpu.example' : 'https://gpu.example:8118/#token=…'}
        autoComplete="off"
        spellCheck={false}
        value={where}
        onChange={({ currentTarget }) => setWhere(currentTarget.value)}
      />
      <TextInput
        type={kind === 'ssh' ? 'text' : 'password'}
        label={t(`server.${kind}More`)}
        description={t(`server.${kind}MoreText`)}
        placeholder={kind === 'ssh' ? 'launchpad' : ''}
        autoComplete="off"
        spellCheck={false}
        value={more}
        onChange={({ currentTarget }) => setMore(currentTarget.value)}
      />
      <div>
        <Button type="submit" loading={busy} disabled={where.trim() === '' || disabled}>
          {t('server.connect')}
        </Button>
        {/* A server's disk and a first start take a while; silence would look like a hang. */}
        <span className={css.busy} role="status">
          {busy && kind === 'ssh' && t('server.starting')}
        </span>
      </div>
    </form>
  )
}
