import { Checkbox, MultiSelect, NumberInput, SegmentedControl, Select } from '@mantine/core'
import type { DataRecipe, DataRef, OpenedData } from '#contract'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { Panel } from '../../../ui/Page'
import { splitsOf } from '../refs'
import { useDataset } from '../store'
import { changeRecipe } from './recipe'
import { WholeField } from './WholeField'
import css from './work.module.css'

interface SelectionPanelProps {
  recipe: DataRecipe
  data: DataRef
  opened: OpenedData
}

/** Which rows are taken, and which of them are for validation. */
export function SelectionPanel({ recipe, data, opened }: SelectionPanelProps) {
  const { t } = useTranslation()
  return (
    <Panel title={t('data.work.map.rows')}>
      <div className={css.stack}>
        <Validation recipe={recipe} data={data} opened={opened} />
        <Drops recipe={recipe} />
        <div className={css.fields}>
          <WholeField
            label={t('data.work.map.sampleTrain')}
            empty={t('data.work.map.all')}
            value={recipe.sample.train}
            onChange={(train) => changeRecipe({ sample: { ...recipe.sample, train } })}
          />
          {recipe.split.kind !== 'none' && (
            <WholeField
              label={t('data.work.map.sampleTest')}
              empty={t('data.work.map.all')}
              value={recipe.sample.test}
              onChange={(test) => changeRecipe({ sample: { ...recipe.sample, test } })}
            />
          )}
          <WholeField
            label={t('data.work.map.seed')}
            empty=""
            least={0}
            value={recipe.seed}
            onChange={(seed) => seed !== null && changeRecipe({ seed })}
          />
        </div>
        <MultiSelect
          label={t('data.work.map.keep')}
          description={t('data.work.map.keepHint')}
          placeholder={recipe.keep.length === 0 ? t('data.work.map.keepNone') : ''}
          searchable
          data={[...new Set([...opened.columns.map(({ name }) => name), ...recipe.keep])]}
          value={recipe.keep}
          onChange={(keep) => changeRecipe({ keep })}
        />
      </div>
    </Panel>
  )
}

const kinds = ['given', 'share', 'none'] as const
const TENTH = 0.1

function Validation({ recipe, data, opened }: SelectionPanelProps) {
  const { t } = useTranslation()
  const id = useId()
  const test = useDataset((store) => store.test)
  const splits = splitsOf(opened).filter((name) => name !== opened.split)
  const { split } = recipe
  const choose = (next: string) => {
    const kind = kinds.find((name) => name === next)
    if (kind !== undefined) changeRecipe({ split: kind === 'share' ? { kind, test: TENTH } : { kind } })
  }
  return (
    <div className={css.field}>
      <p id={id} className={css.label}>
        {t('data.work.map.validation')}
      </p>
      <div className={css.row}>
        <SegmentedControl
          aria-labelledby={id}
          value={split.kind}
          data={kinds.map((value) => ({ value, label: t(`data.work.split.${value}`) }))}
          onChange={choose}
        />
        {split.kind === 'given' && (
          <Select
            className={css.grow ?? ''}
            aria-label={t('data.work.map.givenSplit')}
            placeholder={t('data.work.map.givenNone')}
            data={[...new Set([...splits, ...(test?.split ? [test.split] : [])])]}
            value={test?.split ?? null}
            onChange={(name) => useDataset.setState({ test: name === null ? null : { ...data, split: name } })}
          />
        )}
        {split.kind === 'share' && (
          <NumberInput
            w={120}
            aria-label={t('data.work.map.share')}
            suffix=" %"
            min={0.01}
            max={90}
            decimalScale={2}
            value={Number((split.test * 100).toFixed(2))}
            onChange={(value) =>
              typeof value === 'number' &&
              value >= 0.01 &&
              changeRecipe({ split: { kind: 'share', test: Math.min(0.9, value / 100) } })
            }
          />
        )}
      </div>
    </div>
  )
}

const drops = ['noAnswer', 'duplicates', 'leaked'] as const

function Drops({ recipe }: { recipe: DataRecipe }) {
  const { t } = useTranslation()
  const id = useId()
  const { drop } = recipe
  return (
    <div className={css.field} role="group" aria-labelledby={id}>
      <p id={id} className={css.label}>
        {t('data.work.map.drops')}
      </p>
      <div className={css.stack} data-tight>
        {drops.map((name) => (
          <Checkbox
            key={name}
            label={t(`data.work.drop.${name}`)}
            checked={drop[name]}
            onChange={({ currentTarget }) => changeRecipe({ drop: { ...drop, [name]: currentTarget.checked } })}
          />
        ))}
      </div>
      <WholeField
        label={t('data.work.map.longerThan')}
        empty={t('data.work.map.anyLength')}
        value={drop.longerThan}
        onChange={(longerThan) => changeRecipe({ drop: { ...drop, longerThan } })}
      />
    </div>
  )
}
