import { Button, SegmentedControl } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import type { DataRecipe, DataRef, LintRequest, TokenAsk } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCore } from '../../../stores/projection'
import { hrefOf } from '../../../stores/route'
import { useWatched } from '../../../stores/watched'
import { ErrorNotice } from '../../../ui/Notice'
import { Panel } from '../../../ui/Page'
import { dataRoute } from '../route'
import { useDataset } from '../store'
import { LintFindings } from './LintFindings'
import { useAsk } from './ModelAsk'
import { fromPlan } from './plan'
import { useLater } from './use-later'
import { WholeField } from './WholeField'
import { Working } from './Working'
import css from './work.module.css'

const RESTS_MS = 400
const looks = ['mapped', 'files'] as const

/** Everything that would go wrong in training, said before it does. */
export function LintTab() {
  const { t } = useTranslation()
  const data = useDataset((store) => store.data)
  const recipe = useDataset((store) => store.recipe)
  if (data === null) return null
  if (recipe === null) return <p className={css.quiet}>{t('data.work.map.waiting')}</p>
  return <Check data={data} recipe={recipe} />
}

function Check({ data, recipe }: { data: DataRef; recipe: DataRecipe }) {
  const { t } = useTranslation()
  const test = useDataset((store) => store.test)
  const ask = useAsk()
  const plan = useCore((state) => state.plan)
  const planned = fromPlan(plan)
  const [look, setLook] = useState<(typeof looks)[number]>(recipe.preset === 'verl' ? 'files' : 'mapped')
  const [batch, setBatch] = useState(planned.batch)
  const [maxPromptTokens, setMaxPromptTokens] = useState(planned.maxPromptTokens)
  const [round, setRound] = useState(0)
  const { filtersOverlong } = planned
  const request: LintRequest = {
    data,
    test: look === 'mapped' && recipe.split.kind !== 'given' ? null : test,
    recipe: look === 'files' ? null : recipe,
    ask,
    maxPromptTokens,
    batch,
    filtersOverlong,
  }
  const key = useLater(JSON.stringify([round, request]), RESTS_MS)
  const { value, progress, busy, error } = useWatched(key, (core, signal) => core.dataset.lint(request, { signal }))
  return (
    <>
      <Panel title={t('data.work.lint.title')}>
        <div className={css.row}>
          <SegmentedControl
            aria-label={t('data.work.lint.look')}
            value={look}
            data={looks.map((name) => ({ value: name, label: t(`data.work.lint.looks.${name}`) }))}
            onChange={(next) => setLook(next === 'files' ? 'files' : 'mapped')}
          />
          <p className={css.quiet}>{t(`data.work.lint.lookHint.${look}`)}</p>
        </div>
        <div className={css.fields} data-below>
          <WholeField
            label={t('data.work.lint.batch')}
            empty={t('data.work.lint.open')}
            value={batch}
            onChange={setBatch}
          />
          <WholeField
            label={t('data.work.lint.limit')}
            empty={t('data.work.lint.open')}
            value={maxPromptTokens}
            onChange={setMaxPromptTokens}
          />
          <Button
            variant="default"
            leftSection={<IconRefresh size={16} aria-hidden />}
            onClick={() => setRound(round + 1)}
          >
            {t('data.work.lint.again')}
          </Button>
        </div>
        <Unmeasured ask={ask} limit={maxPromptTokens} data={data} />
      </Panel>
      <ErrorNotice error={error} />
      {busy && <Working label={t('data.work.lint.checking')} progress={progress} />}
      {value !== null && (
        <LintFindings report={value} data={data} recipe={recipe} busy={busy} onMapped={() => setLook('mapped')} />
      )}
    </>
  )
}

/** A check that finds nothing must not be taken for more than it was: without these, no prompt is measured. */
function Unmeasured({ ask, limit, data }: { ask: TokenAsk | null; limit: number | null; data: DataRef }) {
  const { t } = useTranslation()
  if (ask !== null && limit !== null) return null
  return (
    <p className={css.quiet} data-below>
      {t(ask === null ? 'data.work.lint.noModel' : 'data.work.lint.noLimit')}{' '}
      {ask === null && <a href={hrefOf('data', dataRoute(data, 'tokens'))}>{t('data.work.lint.chooseModel')}</a>}
    </p>
  )
}
