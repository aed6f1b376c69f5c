import { Button, NumberInput, Slider } from '@mantine/core'
import type { DataRecipe, TokenLengths } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { useCommand } from '../../../stores/command'
import { useCore } from '../../../stores/projection'
import { ErrorNotice } from '../../../ui/Notice'
import { Panel } from '../../../ui/Page'
import { Stat, Stats } from '../../../ui/parts'
import { LengthChart } from './LengthChart'
import { longest, percentOf, quantile, rowsLost, scaleEnd } from './lengths'
import { fromPlan, withPromptLimit } from './plan'
import { changeRecipe } from './recipe'
import tokens from './tokens.module.css'
import css from './work.module.css'

interface LimitPanelProps {
  found: TokenLengths
  recipe: DataRecipe
}

/** The lengths against a limit. What it loses is counted here, so it follows the hand. */
export function LimitPanel({ found, recipe }: LimitPanelProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const planned = useCore((state) => fromPlan(state.plan).maxPromptTokens)
  const { lengths } = found
  const most = longest(lengths)
  const [limit, setLimit] = useState(recipe.drop.longerThan ?? planned ?? most)
  const end = scaleEnd(Math.max(most, planned ?? 0))
  const lost = rowsLost(lengths, limit)
  const percent = format.value(percentOf(lost, found.rows))
  return (
    <Panel title={t('data.work.tokens.lengths')}>
      <div className={css.stack}>
        <div className={tokens.stats}>
          <Stats>
            <Stat name={t('data.work.tokens.rows')}>{format.count(found.rows)}</Stat>
            <Stat name={t('data.work.tokens.median')}>{format.count(quantile(lengths, 0.5))}</Stat>
            <Stat name={t('data.work.tokens.p95')}>{format.count(quantile(lengths, 0.95))}</Stat>
            <Stat name={t('data.work.tokens.p99')}>{format.count(quantile(lengths, 0.99))}</Stat>
            <Stat name={t('data.work.tokens.longest')}>{format.count(most)}</Stat>
            <Stat name={t('data.work.tokens.all')}>{format.compact(found.tokens)}</Stat>
          </Stats>
        </div>
        <div>
          <LengthChart lengths={lengths} limit={limit} end={end} />
          <Slider
            className={tokens.slider ?? ''}
            thumbLabel={t('data.work.tokens.limit')}
            label={null}
            min={1}
            max={end}
            value={Math.min(limit, end)}
            onChange={setLimit}
          />
        </div>
        <div className={tokens.verdict}>
          <NumberInput
            w={210}
            label={t('data.work.tokens.limit')}
            min={1}
            max={1_000_000}
            allowDecimal={false}
            value={limit}
            onChange={(next) => typeof next === 'number' && next >= 1 && setLimit(next)}
          />
          <p className={tokens.loses} data-loses={lost > 0 || undefined} role="status">
            {lost === 0
              ? t('data.work.tokens.losesNone')
              : t('data.work.tokens.loses', { count: lost, rows: format.count(lost), percent })}
          </p>
          {limit !== most && (
            <Button variant="subtle" size="compact-sm" onClick={() => setLimit(most)}>
              {t('data.work.tokens.smallest', { tokens: format.count(most) })}
            </Button>
          )}
        </div>
        <Apply limit={limit} recipe={recipe} />
      </div>
    </Panel>
  )
}

function Apply({ limit, recipe }: { limit: number; recipe: DataRecipe }) {
  const { t } = useTranslation()
  const format = useFormat()
  const plan = useCore((state) => state.plan)
  const keep = useCommand(async (core) => {
    if (plan !== null) await core.plan.keep(withPromptLimit(plan, limit))
  })
  const dropped = recipe.drop.longerThan
  const planned = fromPlan(plan).maxPromptTokens
  return (
    <div className={css.row}>
      <Button
        variant="default"
        disabled={dropped === limit}
        onClick={() => changeRecipe({ drop: { ...recipe.drop, longerThan: limit } })}
      >
        {t(dropped === limit ? 'data.work.tokens.droppedNow' : 'data.work.tokens.drop', {
          tokens: format.count(limit),
        })}
      </Button>
      {dropped !== null && (
        <Button
          variant="subtle"
          color="gray"
          onClick={() => changeRecipe({ drop: { ...recipe.drop, longerThan: null } })}
        >
          {t('data.work.tokens.dropNone')}
        </Button>
      )}
      {plan !== null && (
        <Button variant="default" disabled={planned === limit} loading={keep.busy} onClick={() => void keep.run()}>
          {t(planned === limit ? 'data.work.tokens.plannedNow' : 'data.work.tokens.plan', {
            tokens: format.count(limit),
          })}
        </Button>
      )}
      <ErrorNotice error={keep.error} />
    </div>
  )
}
