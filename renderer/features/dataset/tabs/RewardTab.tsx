import type { Scorer } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { keyOf } from '../refs'
import { useDataset } from '../store'
import { Bench } from './Bench'
import { Gold } from './Gold'
import { ScorerPanel } from './ScorerPanel'
import css from './work.module.css'

/** What the reward says: to the gold answers, and to anything that is typed. */
export function RewardTab() {
  const { t } = useTranslation()
  const data = useDataset((store) => store.data)
  const recipe = useDataset((store) => store.recipe)
  /** null: not said in full yet. */
  const [scorer, setScorer] = useState<Scorer | null>({ kind: 'rule' })
  if (data === null) return null
  if (recipe === null) return <p className={css.quiet}>{t('data.work.map.waiting')}</p>
  const key = JSON.stringify([keyOf(data), recipe, scorer])
  return (
    <>
      <ScorerPanel recipe={recipe} onChange={setScorer} />
      <Gold key={key} data={data} recipe={recipe} scorer={scorer} />
      <Bench data={data} recipe={recipe} scorer={scorer} />
    </>
  )
}
