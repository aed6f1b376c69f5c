import type { DataRecipe, RecipeSuggestion } from '#contract'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { useDataset } from '../store'
import map from './map.module.css'

interface PresetsProps {
  recipe: DataRecipe
  suggestion: RecipeSuggestion | null
}

/** What the dataset may look like. The suggested one stands first. */
export function Presets({ recipe, suggestion }: PresetsProps) {
  const { t } = useTranslation()
  const group = useId()
  const choices = suggestion?.others ?? [recipe]
  return (
    <fieldset className={map.presets}>
      <legend>{t('data.work.map.preset')}</legend>
      <div className={map.cards}>
        {choices.map((choice) => (
          <label key={choice.preset} className={map.card}>
            <input
              type="radio"
              className="hidden-visually"
              name={group}
              checked={choice.preset === recipe.preset}
              onChange={() => useDataset.setState({ recipe: choice })}
            />
            <strong>
              {t(`data.work.preset.${choice.preset}`)}
              {choice.preset === suggestion?.recipe.preset && <em>{t('data.work.map.suggested')}</em>}
            </strong>
            <small>{t(`data.work.presetHint.${choice.preset}`)}</small>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
