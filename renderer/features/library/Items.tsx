import { SegmentedControl } from '@mantine/core'
import { IconBooks } from '@tabler/icons-react'
import type { LibraryItem, RepoKind } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { useCore } from '../../stores/projection'
import { Panel } from '../../ui/Page'
import { Empty } from '../../ui/parts'
import { ItemCard } from './ItemCard'
import css from './library.module.css'

const orders = ['newest', 'largest', 'name'] as const
type Order = (typeof orders)[number]

const compare: Record<Order, (a: LibraryItem, b: LibraryItem) => number> = {
  newest: (a, b) => b.addedAt - a.addedAt,
  largest: (a, b) => b.bytes - a.bytes,
  name: (a, b) => a.id.localeCompare(b.id),
}

export function Items() {
  const { t } = useTranslation()
  const format = useFormat()
  const [order, setOrder] = useState<Order>('newest')
  const all = Object.values(useCore((state) => state.library)).sort(compare[order])
  const busy = useCore((state) => Object.keys(state.downloads).length > 0)
  if (all.length === 0) {
    if (busy) return null
    return (
      <Panel>
        <Empty icon={IconBooks} title={t('library.emptyTitle')}>
          {t('library.emptyText')}
        </Empty>
      </Panel>
    )
  }
  const kinds: RepoKind[] = ['model', 'dataset']
  return (
    <>
      <div className={css.order}>
        <p className={css.quiet}>
          {t('library.total', { bytes: format.bytes(all.reduce((sum, { bytes }) => sum + bytes, 0)) })}
        </p>
        <SegmentedControl
          size="xs"
          aria-label={t('library.order.label')}
          value={order}
          data={orders.map((value) => ({ value, label: t(`library.order.${value}`) }))}
          onChange={(next) => setOrder(orders.find((known) => known === next) ?? 'newest')}
        />
      </div>
      {kinds.map((kind) => {
        const items = all.filter((item) => item.kind === kind)
        if (items.length === 0) return null
        const title = t(kind === 'model' ? 'library.models' : 'library.datasets')
        return (
          <section key={kind} className={css.group} aria-label={title}>
            <h2>{title}</h2>
            {items.map((item) => (
              <ItemCard key={item.key} item={item} />
            ))}
          </section>
        )
      })}
    </>
  )
}
