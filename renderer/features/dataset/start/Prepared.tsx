import { Button, Menu } from '@mantine/core'
import { IconCircleCheck, IconListDetails, IconTrash } from '@tabler/icons-react'
import type { PreparedData } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { useCommand } from '../../../stores/command'
import { useCore } from '../../../stores/projection'
import { go, hrefOf } from '../../../stores/route'
import { Confirm } from '../../../ui/Confirm'
import { Panel } from '../../../ui/Page'
import { Badge } from '../../../ui/Status'
import { More } from '../../library/More'
import { set as planWith } from '../../plan/store'
import { refOf } from '../refs'
import { dataRoute } from '../route'
import css from './start.module.css'

/** Datasets that were written here, newest first; there is nothing to say before the first one. */
export function Prepared() {
  const { t } = useTranslation()
  const datasets = useCore((state) => state.datasets)
  const list = Object.values(datasets).sort((a, b) => b.card.at - a.card.at)
  if (list.length === 0) return null
  return (
    <Panel title={t('data.look.prepared.title')} flush>
      <ul className={css.list}>
        {list.map((one) => (
          <PreparedLine key={one.key} prepared={one} />
        ))}
      </ul>
    </Panel>
  )
}

function PreparedLine({ prepared }: { prepared: PreparedData }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [removing, setRemoving] = useState(false)
  const { folder, bytes, card, usedBy } = prepared
  const rows = format.count(card.train.written)
  const inPlan = usedBy.includes('plan')
  const facts = [
    card.test === null
      ? t('data.look.prepared.rows', { count: card.train.written, rows })
      : t('data.look.prepared.rowsBoth', { train: rows, test: format.count(card.test.written) }),
    t('data.look.prepared.preset', { preset: card.recipe.preset }),
    format.bytes(bytes),
    format.time(card.at),
  ]
  const use = () => {
    planWith({ data: folder })
    go('plan')
  }
  return (
    <li className={css.preparedLine}>
      <span className={css.listText}>
        <strong>
          <a href={hrefOf('data', dataRoute(refOf([folder]), 'rows'))}>{card.name}</a>
        </strong>
        <small>{facts.join(' · ')}</small>
      </span>
      <span className={css.marks}>
        {card.proof !== null && (
          <Badge tone="ok" icon={IconCircleCheck}>
            {t('data.look.prepared.proved', { verl: card.proof.verl })}
          </Badge>
        )}
        {inPlan && <Badge tone="live">{t('data.look.prepared.inPlan')}</Badge>}
      </span>
      <Button
        size="xs"
        variant={inPlan ? 'default' : 'light'}
        leftSection={<IconListDetails size={15} aria-hidden />}
        aria-label={`${t(inPlan ? 'data.look.prepared.plan' : 'library.use')}: ${card.name}`}
        onClick={() => (inPlan ? go('plan') : use())}
      >
        {t(inPlan ? 'data.look.prepared.plan' : 'library.use')}
      </Button>
      <More name={card.name}>
        <Menu.Item color="red" leftSection={<IconTrash size={15} aria-hidden />} onClick={() => setRemoving(true)}>
          {t('library.remove.action')}
        </Menu.Item>
      </More>
      <Remove prepared={prepared} opened={removing} onClose={() => setRemoving(false)} />
    </li>
  )
}

interface RemoveProps {
  prepared: PreparedData
  opened: boolean
  onClose(): void
}

function Remove({ prepared: { key, folder, bytes, card, usedBy }, opened, onClose }: RemoveProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const remove = useCommand((core) => core.dataset.remove({ key }))
  const names = usedBy.map((by) => (by === 'plan' ? t('nav.plan') : by)).join(', ')
  return (
    <Confirm
      opened={opened}
      title={t('data.look.prepared.removeTitle', { name: card.name })}
      action={t('library.remove.action')}
      busy={remove.busy}
      error={remove.error}
      onConfirm={() => void remove.run().then((done) => done && onClose())}
      onClose={onClose}
    >
      <p>{t('data.look.prepared.removeText', { size: format.bytes(bytes) })}</p>
      {usedBy.length > 0 && <p>{t('library.usedBy', { names })}</p>}
      <code>{folder}</code>
    </Confirm>
  )
}
