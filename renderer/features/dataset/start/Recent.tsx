import { Button } from '@mantine/core'
import { IconChevronRight, IconHistory } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { hrefOf } from '../../../stores/route'
import { Panel } from '../../../ui/Page'
import { Empty } from '../../../ui/parts'
import { forgetAll, useRecent } from '../recent'
import { keyOf } from '../refs'
import { dataRoute } from '../route'
import css from './start.module.css'

/** What was open in this browser before, as it was open. */
export function Recent() {
  const { t } = useTranslation()
  const format = useFormat()
  const list = useRecent((store) => store.list)
  const forget = (
    <Button variant="subtle" color="gray" size="compact-sm" onClick={forgetAll}>
      {t('data.look.recent.forget')}
    </Button>
  )
  return (
    <Panel title={t('data.look.recent.title')} {...(list.length === 0 ? {} : { actions: forget })} flush>
      {list.length === 0 ? (
        <Empty icon={IconHistory} title={t('data.look.recent.emptyTitle')}>
          {t('data.look.recent.emptyText')}
        </Empty>
      ) : (
        <ul className={css.list}>
          {list.map(({ data, name, at }) => (
            <li key={keyOf(data)}>
              <a href={hrefOf('data', dataRoute(data, 'rows'))}>
                <span className={css.listText}>
                  <strong>{name}</strong>
                  <small className={css.path}>{data.paths.join(', ')}</small>
                  <small>
                    {[data.config, data.split, format.time(at)].filter((part) => part !== null).join(' · ')}
                  </small>
                </span>
                <IconChevronRight size={17} aria-hidden />
              </a>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
