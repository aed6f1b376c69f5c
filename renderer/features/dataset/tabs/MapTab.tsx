import { useTranslation } from 'react-i18next'
import { useAnswer } from '../../../stores/answer'
import { ErrorNotice } from '../../../ui/Notice'
import { keyOf } from '../refs'
import { useDataset } from '../store'
import { AnswerPanel } from './AnswerPanel'
import { LayoutChoice } from './LayoutChoice'
import { MapPreview } from './MapPreview'
import { Presets } from './Presets'
import { RecipeFile } from './RecipeFile'
import { RewardPanel } from './RewardPanel'
import { RolePanel } from './RolePanel'
import { SelectionPanel } from './SelectionPanel'
import map from './map.module.css'
import css from './work.module.css'

/** How rows become what verl reads, and the first of them as they will be written. */
export function MapTab() {
  const { t } = useTranslation()
  const { data, opened, recipe, suggestion } = useDataset()
  const rewards = useAnswer((core) => core.dataset.rewards())
  if (data === null || opened === null) return null
  if (recipe === null) return <p className={css.quiet}>{t('data.work.map.waiting')}</p>
  const rules = rewards.value ?? []
  return (
    <>
      <ErrorNotice error={rewards.error} />
      <div className={map.top}>
        <Presets recipe={recipe} suggestion={suggestion} />
        <RecipeFile recipe={recipe} suggestion={suggestion} />
      </div>
      <div className={map.split}>
        <div className={css.stack}>
          <LayoutChoice recipe={recipe} />
          <RolePanel recipe={recipe} columns={opened.columns} />
          {recipe.layout !== 'preference' && <AnswerPanel recipe={recipe} />}
          <RewardPanel recipe={recipe} rules={rules} />
          <SelectionPanel recipe={recipe} data={data} opened={opened} />
        </div>
        <MapPreview key={keyOf(data)} data={data} recipe={recipe} opened={opened} />
      </div>
    </>
  )
}
