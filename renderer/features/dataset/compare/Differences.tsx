import { IconCircleCheck } from '@tabler/icons-react'
import type { DataColumn, DataComparison } from '#contract'
import { useTranslation } from 'react-i18next'
import { schemaOf } from './schema'
import css from './compare.module.css'

interface DifferencesProps {
  columnsA: readonly DataColumn[]
  columnsB: readonly DataColumn[]
  /** null: still comparing; what the files say about their columns is known before. */
  value: DataComparison | null
}

export function Differences({ columnsA, columnsB, value }: DifferencesProps) {
  const { t } = useTranslation()
  const { onlyA, onlyB, differ } = value ?? schemaOf(columnsA, columnsB)
  if (onlyA.length + onlyB.length + differ.length === 0) {
    return (
      <p className={css.verdict} data-tone="ok">
        <IconCircleCheck size={19} stroke={1.8} aria-hidden /> {t('data.look.compare.sameColumns')}
      </p>
    )
  }
  return (
    <dl className={css.differences}>
      <Names label={t('data.look.compare.onlyA')} names={onlyA} />
      <Names label={t('data.look.compare.onlyB')} names={onlyB} />
      {differ.map(({ name, a, b }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <code>{a}</code> ≠ <code>{b}</code>
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Names({ label, names }: { label: string; names: string[] }) {
  if (names.length === 0) return null
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {names.map((name) => (
          <code key={name} className={css.column}>
            {name}
          </code>
        ))}
      </dd>
    </div>
  )
}
