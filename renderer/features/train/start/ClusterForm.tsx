import { Button, PasswordInput, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import type { ClusterRef, ClusterView } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { useCommand } from '../../../stores/command'
import { FolderField } from '../../../ui/FolderField'
import { ErrorNotice } from '../../../ui/Notice'
import { addressOf, draft } from './draft'
import css from './start.module.css'

/** A Ray cluster that takes the job: looked at when asked to, since that goes over the network. */
export function ClusterForm({ cluster }: { cluster: Partial<ClusterRef> }) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState(cluster.address ?? '')
  const [token, setToken] = useState('')
  const [seen, setSeen] = useState<ClusterView | null>(null)
  const address = addressOf(typed)
  const look = useCommand(async (core) => {
    if (address === null) return
    setSeen(null)
    if (token !== '') await core.cluster.setToken({ address, token })
    setToken('')
    setSeen(await core.cluster.look(address))
  })
  const type = (text: string) => {
    setTyped(text)
    setSeen(null)
    const next = addressOf(text)
    const { address: _before, ...rest } = cluster
    draft({ cluster: next === null ? rest : { ...rest, address: next } })
  }
  return (
    <form
      className={css.cluster}
      onSubmit={(event) => {
        event.preventDefault()
        void look.run()
      }}
    >
      <TextInput
        label={t('runs.start.cluster.address')}
        placeholder={t('runs.start.cluster.addressPlaceholder')}
        spellCheck={false}
        error={typed !== '' && address === null ? t('runs.start.cluster.badAddress') : undefined}
        value={typed}
        onChange={({ currentTarget }) => type(currentTarget.value)}
      />
      <PasswordInput
        label={t('runs.start.cluster.token')}
        description={t('runs.start.cluster.tokenHint')}
        autoComplete="off"
        value={token}
        onChange={({ currentTarget }) => setToken(currentTarget.value)}
      />
      <FolderField
        label={t('runs.start.cluster.shared')}
        description={t('runs.start.cluster.sharedHint')}
        value={cluster.shared ?? ''}
        onChange={(shared) => draft({ cluster: { ...cluster, shared: shared === '' ? null : shared } })}
      />
      <Button
        type="submit"
        variant="default"
        disabled={address === null}
        loading={look.busy}
        leftSection={<IconSearch size={15} aria-hidden />}
      >
        {t('runs.start.cluster.look')}
      </Button>
      <ErrorNotice error={look.error} />
      {seen !== null && <Nodes seen={seen} />}
    </form>
  )
}

function Nodes({ seen: { ray, nodes } }: { seen: ClusterView }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (nodes.length === 0) return <p className={css.quiet}>{t('runs.start.cluster.none')}</p>
  return (
    <div className={css.nodes} role="status" tabIndex={0} aria-label={t('runs.start.cluster.nodes')}>
      <table>
        <caption>{t('runs.start.cluster.found', { ray })}</caption>
        <thead>
          <tr>
            <th scope="col">{t('runs.start.cluster.node')}</th>
            <th scope="col">{t('runs.start.cluster.gpus')}</th>
            <th scope="col">{t('runs.start.cluster.cpus')}</th>
            <th scope="col">{t('runs.start.cluster.memory')}</th>
          </tr>
        </thead>
        <tbody>
          {nodes.map(({ name, head, cpus, gpus, memoryBytes }) => (
            <tr key={name}>
              <th scope="row">
                {name} {head && <small>{t('runs.start.cluster.head')}</small>}
              </th>
              <td>{format.value(gpus)}</td>
              <td>{format.value(cpus)}</td>
              <td>{format.memory(memoryBytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
