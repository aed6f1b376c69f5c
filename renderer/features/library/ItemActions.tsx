import { Button, Menu } from '@mantine/core'
import { IconListDetails, IconMessage, IconRefresh, IconShieldCheck, IconTrash } from '@tabler/icons-react'
import type { LibraryItem } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { useCommand } from '../../stores/command'
import { requestId } from '../../stores/request-id'
import { go } from '../../stores/route'
import { Confirm } from '../../ui/Confirm'
import { Dialog } from '../../ui/Dialog'
import { ErrorNotice } from '../../ui/Notice'
import { set as planWith } from '../plan/store'
import { Say } from './Say'
import { More } from './More'
import css from './library.module.css'

export function ItemActions({ item }: { item: LibraryItem }) {
  const { t } = useTranslation()
  const { key, id, kind, folder, state } = item
  const [open, setOpen] = useState<'say' | 'remove' | null>(null)
  const verify = useCommand((core) => core.library.verify({ key, requestId: requestId() }))
  const repair = useCommand((core) => core.library.repair({ key, requestId: requestId() }))
  const use = () => {
    planWith(kind === 'model' ? { model: id } : { data: folder })
    go('plan')
  }
  return (
    <div className={css.actions}>
      {state === 'whole' ? (
        <Button
          size="xs"
          variant="light"
          leftSection={<IconListDetails size={15} aria-hidden />}
          aria-label={`${t('library.use')}: ${id}`}
          onClick={use}
        >
          {t('library.use')}
        </Button>
      ) : (
        <Button
          size="xs"
          loading={repair.busy}
          leftSection={<IconRefresh size={15} aria-hidden />}
          aria-label={`${t('library.repair')}: ${id}`}
          onClick={() => void repair.run()}
        >
          {t('library.repair')}
        </Button>
      )}
      <More name={id}>
        <Menu.Item leftSection={<IconShieldCheck size={15} aria-hidden />} onClick={() => void verify.run()}>
          {t('library.verify')}
        </Menu.Item>
        {kind === 'model' && (
          <Menu.Item leftSection={<IconMessage size={15} aria-hidden />} onClick={() => setOpen('say')}>
            {t('library.say.action')}
          </Menu.Item>
        )}
        <Menu.Item color="red" leftSection={<IconTrash size={15} aria-hidden />} onClick={() => setOpen('remove')}>
          {t('library.remove.action')}
        </Menu.Item>
      </More>
      <ErrorNotice error={verify.error ?? repair.error} />
      <Dialog opened={open === 'say'} title={t('library.say.title', { id })} onClose={() => setOpen(null)}>
        <Say itemKey={key} onStarted={() => setOpen(null)} />
      </Dialog>
      <Remove item={item} opened={open === 'remove'} onClose={() => setOpen(null)} />
    </div>
  )
}

function Remove({ item, opened, onClose }: { item: LibraryItem; opened: boolean; onClose(): void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { key, id, bytes, folder, usedBy } = item
  const remove = useCommand((core) => core.library.remove({ key }))
  return (
    <Confirm
      opened={opened}
      title={t('library.remove.title', { id })}
      action={t('library.remove.action')}
      busy={remove.busy}
      error={remove.error}
      onConfirm={() => void remove.run().then((done) => done && onClose())}
      onClose={onClose}
    >
      <p>{t('library.remove.text', { size: format.bytes(bytes) })}</p>
      {usedBy.length > 0 && <p>{t('library.usedBy', { names: usedBy.join(', ') })}</p>}
      <code>{folder}</code>
    </Confirm>
  )
}
