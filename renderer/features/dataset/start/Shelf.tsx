import { Button } from '@mantine/core'
import { IconBooks, IconChevronRight, IconSearch } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { useCore } from '../../../stores/projection'
import { hrefOf } from '../../../stores/route'
import { Panel } from '../../../ui/Page'
import { Empty } from '../../../ui/parts'
import { Badge } from '../../../ui/Status'
import { setSearch } from '../../library/source'
import { refOf } from '../refs'
import { dataRoute } from '../route'
import css from './start.module.css'

/** Datasets of the library, newest first. */
export function Shelf() {
  const { t } = useTranslation()
  const format = useFormat()
  const library = useCore((state) => state.library)
  const items = Object.values(library)
    .filter(({ kind }) => kind === 'dataset')
    .sort((a, b) => b.addedAt - a.addedAt)
  return (
    <Panel title={t('data.look.shelf.title')} actions={<FindMore />} flush>
      {items.length === 0 ? (
        <Empty icon={IconBooks} title={t('data.look.shelf.emptyTitle')}>
          {t('data.look.shelf.emptyText')}
        </Empty>
      ) : (
        <ul className={css.list}>
          {items.map(({ key, id, folder, bytes, files, state, addedAt }) => (
            <li key={key}>
              <a href={hrefOf('data', dataRoute(refOf([folder]), 'rows'))}>
                <span className={css.listText}>
                  <strong>{id}</strong>
                  <small>
                    {[format.bytes(bytes), t('library.fileCount', { count: files }), format.time(addedAt)].join(' · ')}
                  </small>
                </span>
                {state !== 'whole' && (
                  <Badge tone={state === 'damaged' ? 'bad' : 'warn'}>{t(`library.itemState.${state}`)}</Badge>
                )}
                <IconChevronRight size={17} aria-hidden />
              </a>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

function FindMore() {
  const { t } = useTranslation()
  return (
    <Button
      component="a"
      href={hrefOf('library')}
      variant="subtle"
      size="compact-sm"
      leftSection={<IconSearch size={15} aria-hidden />}
      onClick={() => setSearch({ kind: 'dataset' })}
    >
      {t('data.look.shelf.find')}
    </Button>
  )
}
