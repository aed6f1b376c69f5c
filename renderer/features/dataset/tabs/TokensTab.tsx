import { Button } from '@mantine/core'
import type { DataRecipe, DataRef, TokenAsk } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { useWatched } from '../../../stores/watched'
import { Findings } from '../../../ui/Findings'
import { ErrorNotice } from '../../../ui/Notice'
import { Panel } from '../../../ui/Page'
import { useDataset } from '../store'
import { LeftOut } from './LeftOut'
import { LimitPanel } from './LimitPanel'
import { ModelAsk, useAsk } from './ModelAsk'
import { PromptPanel } from './PromptPanel'
import { Working } from './Working'
import css from './work.module.css'

/** How long the prompts really are, and what a limit would cost. */
export function TokensTab() {
  const { t } = useTranslation()
  const data = useDataset((store) => store.data)
  const recipe = useDataset((store) => store.recipe)
  const ask = useAsk()
  if (data === null || recipe === null) return <p className={css.quiet}>{t('data.work.map.waiting')}</p>
  return (
    <>
      <Panel title={t('data.work.model.panel')}>
        <div className={css.fields}>
          <ModelAsk />
        </div>
      </Panel>
      {ask === null ? (
        <p className={css.quiet}>{t('data.work.model.none')}</p>
      ) : (
        <Lengths key={JSON.stringify([data, ask])} data={data} recipe={recipe} ask={ask} />
      )}
    </>
  )
}

interface LengthsProps {
  data: DataRef
  recipe: DataRecipe
  ask: TokenAsk
}

/** Rows that are dropped for their length would not be counted: what the limit does is what is to be seen here. */
const unlimited = (recipe: DataRecipe): DataRecipe => ({ ...recipe, drop: { ...recipe.drop, longerThan: null } })

function Lengths({ data, recipe, ask }: LengthsProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const [round, setRound] = useState(0)
  const [stopped, setStopped] = useState(false)
  const asked = unlimited(recipe)
  const key = stopped ? null : JSON.stringify([round, asked])
  const { value, progress, busy, error } = useWatched(key, (core, signal) =>
    core.dataset.tokens({ data, recipe: asked, ask }, { signal }),
  )
  const again = () => {
    setStopped(false)
    setRound(round + 1)
  }
  const restart = (
    <Button size="xs" variant="default" onClick={again}>
      {t('data.work.tokens.again')}
    </Button>
  )
  return (
    <>
      <ErrorNotice error={error} actions={restart} />
      {busy && !stopped && (
        <Working
          label={t('data.work.tokens.counting')}
          progress={progress}
          stop={{ label: t('data.work.stop'), onStop: () => setStopped(true) }}
        />
      )}
      {stopped && (
        <p className={css.row}>
          {t('data.work.stopped')} {restart}
        </p>
      )}
      {value !== null && <Findings findings={value.findings} />}
      {value !== null && value.failed > 0 && (
        <LeftOut data={data}>
          {t('data.work.tokens.failed', { count: value.failed, rows: format.count(value.failed) })}
        </LeftOut>
      )}
      {value !== null && value.rows > 0 && <LimitPanel found={value} recipe={recipe} />}
      <PromptPanel data={data} recipe={recipe} ask={ask} />
    </>
  )
}
