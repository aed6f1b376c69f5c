import { Button, Checkbox, Skeleton } from '@mantine/core'
import type { CleanResult, SpaceItem, SpaceView } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { useAnswer } from '../../stores/answer'
import { useCommand } from '../../stores/command'
import { ErrorNotice, Notice, useErrorText } from '../../ui/Notice'
import { bytesOf, safeIds } from './names'
import css from './environment.module.css'

/** What could be deleted, and what would be lost by it. */
export function Space({ onClose }: { onClose(): void }) {
  const { t } = useTranslation()
  const { value, error, again } = useAnswer((core) => core.space.look())
  const [result, setResult] = useState<CleanResult | null>(null)
  if (error !== null) return <ErrorNotice error={error} />
  if (value === null) return <Skeleton height={160} aria-label={t('environments.space.looking')} />
  const done = (next: CleanResult) => {
    setResult(next)
    again()
  }
  return (
    <div className={css.space}>
      <Disk space={value} />
      {result !== null && <Result result={result} />}
      {/* Counted again after a deletion: what is ticked begins afresh with the new list. */}
      <Items key={value.items.map(({ id }) => id).join()} items={value.items} onDone={done} onClose={onClose} />
    </div>
  )
}

function Disk({ space: { freeBytes, reservedBytes } }: { space: SpaceView }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <div className={css.note}>
      <p>{t('environments.space.free', { free: format.bytes(freeBytes) })}</p>
      {reservedBytes > 0 && <p>{t('environments.space.reserved', { size: format.bytes(reservedBytes) })}</p>}
    </div>
  )
}

function Result({ result: { freedBytes, failed } }: { result: CleanResult }) {
  const { t } = useTranslation()
  const format = useFormat()
  const text = useErrorText()
  return (
    <>
      <Notice tone="ok">{t('environments.space.freed', { size: format.bytes(freedBytes) })}</Notice>
      {failed.map(({ id, problem }) => (
        <Notice key={id} tone="bad" title={id}>
          {text(problem)}
        </Notice>
      ))}
    </>
  )
}

interface ItemsProps {
  items: SpaceItem[]
  onDone(result: CleanResult): void
  onClose(): void
}

function Items({ items, onDone, onClose }: ItemsProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const [chosen, setChosen] = useState(() => safeIds(items))
  const clean = useCommand(async (core) => onDone(await core.space.clean({ ids: chosen })))
  const toggle = (id: string) =>
    setChosen(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id])
  return (
    <>
      {items.length === 0 && <p>{t('environments.space.nothing')}</p>}
      <ul className={css.items} aria-label={t('environments.space.title')}>
        {items.map((item) => (
          <li key={item.id}>
            <Checkbox
              checked={chosen.includes(item.id)}
              onChange={() => toggle(item.id)}
              label={<ItemName item={item} />}
              description={<ItemLoss item={item} />}
            />
            <span className="num">{format.bytes(item.bytes)}</span>
          </li>
        ))}
      </ul>
      <ErrorNotice error={clean.error} />
      <div className={css.dialogActions}>
        <p>{t('environments.space.total', { size: format.bytes(bytesOf(items, chosen)) })}</p>
        <Button variant="default" onClick={onClose}>
          {t('common.close')}
        </Button>
        <Button color="red" loading={clean.busy} disabled={chosen.length === 0} onClick={() => void clean.run()}>
          {t('environments.space.delete')}
        </Button>
      </div>
    </>
  )
}

const caches = ['wheels', 'pip', 'uv', 'tools', 'pycache'] as const

function ItemName({ item: { kind, name } }: { item: SpaceItem }) {
  const { t } = useTranslation()
  const cache = caches.find((known) => known === name)
  return (
    <>
      {kind === 'cache' && cache !== undefined
        ? t(`environments.space.caches.${cache}`)
        : t(`environments.space.kinds.${kind}`, { name })}
    </>
  )
}

function ItemLoss({ item }: { item: SpaceItem }) {
  const { t } = useTranslation()
  return (
    <>
      {t(
        item.kind === 'cache'
          ? 'environments.space.lossCache'
          : item.safe
            ? 'environments.space.lossNone'
            : 'environments.space.lossEnvironment',
      )}{' '}
      <code>{item.path}</code>
    </>
  )
}
