import { SegmentedControl } from '@mantine/core'
import type { DataRecipe } from '#contract'
import { useTranslation } from 'react-i18next'
import { Notice } from '../../../ui/Notice'
import { changeRecipe } from './recipe'
import css from './work.module.css'

const layouts = ['rl', 'sft', 'preference'] as const

/** What is written: rows for RL, or one of the layouts that other trainers read. */
export function LayoutChoice({ recipe }: { recipe: DataRecipe }) {
  const { t } = useTranslation()
  return (
    <div className={css.stack}>
      <SegmentedControl
        fullWidth
        aria-label={t('data.work.map.layout')}
        value={recipe.layout}
        data={layouts.map((value) => ({ value, label: t(`data.work.layout.${value}`) }))}
        onChange={(next) => {
          const layout = layouts.find((name) => name === next)
          if (layout !== undefined) changeRecipe({ layout })
        }}
      />
      {recipe.layout !== 'rl' && (
        <Notice tone="warn" title={t('data.work.map.notRl')}>
          {t(`data.work.layoutHint.${recipe.layout}`)}
        </Notice>
      )}
    </div>
  )
}
