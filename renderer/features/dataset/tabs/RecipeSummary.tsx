import type { DataRecipe, DataRef, OpenedData } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { Badge } from '../../../ui/Status'
import { nameOf } from '../refs'
import { recipeWords, type Said } from './summary'
import css from './work.module.css'

interface RecipeSummaryProps {
  recipe: DataRecipe
  opened: OpenedData
  test: DataRef | null
}

/** The recipe in sentences. */
export function RecipeSummary({ recipe, opened, test }: RecipeSummaryProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const say = useSaid(test)
  return (
    <div className={css.stack}>
      <p className={css.row}>
        <Badge tone={recipe.layout === 'rl' ? 'ok' : 'warn'}>{t(`data.work.layout.${recipe.layout}`)}</Badge>
        <span className={css.quiet}>
          {opened.rows === null
            ? opened.name
            : t('data.work.write.from', { name: opened.name, count: opened.rows, rows: format.count(opened.rows) })}
        </span>
      </p>
      <ul className={css.said}>
        {recipeWords(recipe).map((said, index) => (
          <li key={index}>{say(said)}</li>
        ))}
      </ul>
    </div>
  )
}

function useSaid(test: DataRef | null): (said: Said) => string {
  const { t } = useTranslation()
  const format = useFormat()
  return (said) => {
    if (said.key === 'preset') return t('data.work.summary.preset', { name: t(`data.work.preset.${said.preset}`) })
    if (said.key === 'answer')
      return t('data.work.summary.answer', { column: said.column, rule: t(`data.work.rule.${said.rule}`) })
    if (said.key === 'split') {
      if (said.kind === 'share') return t('data.work.summary.share', { percent: format.value(said.percent) })
      if (said.kind === 'none' || test === null) return t('data.work.summary.noTest')
      return t('data.work.summary.given', { name: test.split ?? nameOf(test.paths[0] ?? '') })
    }
    if (said.key === 'sample') return t(`data.work.summary.sample.${said.part}`, { rows: format.count(said.rows) })
    if (said.key === 'drop') return t(`data.work.drop.${said.what}`)
    if (said.key === 'longer') return t('data.work.summary.longer', { tokens: format.count(said.tokens) })
    const { key, ...params } = said
    return t(`data.work.summary.${key}`, params)
  }
}
