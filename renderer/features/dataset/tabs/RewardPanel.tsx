import { Autocomplete, Button, Textarea, TextInput } from '@mantine/core'
import type { DataRecipe, RewardRule } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { Notice } from '../../../ui/Notice'
import { Panel } from '../../../ui/Page'
import { changeRecipe, fitOf, ruleOf } from './recipe'
import map from './map.module.css'
import css from './work.module.css'

interface RewardPanelProps {
  recipe: DataRecipe
  rules: RewardRule[]
}

/** Which reward reads the answers, and whether the prompt asks for the form that it reads. */
export function RewardPanel({ recipe, rules }: RewardPanelProps) {
  const { t } = useTranslation()
  const names = rules.flatMap(({ dataSources }) => dataSources.filter((name) => !name.endsWith('*')))
  return (
    <Panel title={t(recipe.layout === 'rl' ? 'data.work.map.reward' : 'data.work.map.prompt')}>
      <div className={css.stack}>
        {recipe.layout === 'rl' && (
          <div className={css.fields}>
            <Autocomplete
              label={t('data.work.map.dataSource')}
              description={t('data.work.map.dataSourceHint')}
              spellCheck={false}
              maxLength={200}
              maxDropdownHeight={260}
              data={[...new Set(names)]}
              filter={({ options, search }) =>
                names.includes(search) ? options : options.filter((one) => 'value' in one && one.value.includes(search))
              }
              value={recipe.dataSource}
              onChange={(dataSource) => changeRecipe({ dataSource })}
            />
            <TextInput
              label={t('data.work.map.ability')}
              description={t('data.work.map.abilityHint')}
              maxLength={100}
              value={recipe.ability}
              onChange={({ currentTarget }) => changeRecipe({ ability: currentTarget.value })}
            />
          </div>
        )}
        {recipe.layout === 'rl' && rules.length > 0 && <RuleFacts recipe={recipe} rules={rules} />}
        <Instruction recipe={recipe} rules={rules} />
        <Textarea
          label={t('data.work.map.system')}
          autosize
          minRows={1}
          maxRows={6}
          placeholder={t('data.work.map.systemNone')}
          value={recipe.system}
          onChange={({ currentTarget }) => changeRecipe({ system: currentTarget.value })}
        />
      </div>
    </Panel>
  )
}

function RuleFacts({ recipe, rules }: RewardPanelProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const rule = ruleOf(rules, recipe.dataSource)
  if (recipe.columns.dataSource !== null)
    return <p className={css.quiet}>{t('data.work.map.ruleByRow', { column: recipe.columns.dataSource })}</p>
  if (rule === null) return <Notice tone="warn">{t('data.work.map.ruleNone', { source: recipe.dataSource })}</Notice>
  return (
    <dl className={map.rule}>
      <div>
        <dt>{t('data.work.map.rule')}</dt>
        <dd>
          <code>{rule.id}</code>
        </dd>
      </div>
      <div>
        <dt>{t('data.work.map.right')}</dt>
        <dd className="num">{format.value(rule.right)}</dd>
      </div>
      <div>
        <dt>{t('data.work.map.wrong')}</dt>
        <dd className="num">{format.value(rule.wrong)}</dd>
      </div>
      <div>
        <dt>{t('data.work.map.scoredBy')}</dt>
        <dd>{t(rule.builtIn ? 'data.work.map.scoredHere' : 'data.work.map.scoredByVerl')}</dd>
      </div>
    </dl>
  )
}

/** Put behind each question; a form that the rule cannot read is the commonest reward of zero. */
function Instruction({ recipe, rules }: RewardPanelProps) {
  const { t } = useTranslation()
  const rule = recipe.layout === 'rl' && recipe.columns.dataSource === null ? ruleOf(rules, recipe.dataSource) : null
  const fit = fitOf(rule, `${recipe.system}\n${recipe.instruction}`)
  return (
    <>
      <Textarea
        label={t('data.work.map.instruction')}
        description={t('data.work.map.instructionHint')}
        autosize
        minRows={2}
        maxRows={8}
        placeholder={t('data.work.map.instructionNone')}
        value={recipe.instruction}
        onChange={({ currentTarget }) => changeRecipe({ instruction: currentTarget.value })}
      />
      {rule !== null && !fit.fits && (
        <Notice
          tone="warn"
          actions={
            <Button size="xs" onClick={() => changeRecipe({ instruction: rule.instruction })}>
              {t('data.work.map.useInstruction')}
            </Button>
          }
        >
          {fit.asks === null
            ? t('data.work.map.unasked', { rule: rule.id, reads: fit.reads })
            : t('data.work.map.asksOther', { rule: rule.id, reads: fit.reads, asks: fit.asks })}
        </Notice>
      )}
    </>
  )
}
