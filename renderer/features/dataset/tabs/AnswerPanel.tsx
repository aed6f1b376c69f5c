import { Chip, Select, TextInput } from '@mantine/core'
import type { DataRecipe } from '#contract'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { Panel } from '../../../ui/Page'
import { changeRecipe } from './recipe'
import css from './work.module.css'

const rules = ['whole', 'hashes', 'boxed', 'lastNumber', 'regex', 'none'] as const
const cleanings = ['space', 'commas', 'dollar', 'fullStop', 'boxed'] as const

/** How the answer that the reward compares with is found in the answer column. */
export function AnswerPanel({ recipe }: { recipe: DataRecipe }) {
  const { t } = useTranslation()
  const cleanId = useId()
  const { answer } = recipe
  const change = (patch: Partial<DataRecipe['answer']>) => changeRecipe({ answer: { ...answer, ...patch } })
  return (
    <Panel title={t('data.work.map.answer')}>
      <div className={css.stack}>
        <div className={css.fields}>
          <Select
            label={t('data.work.map.answerRule')}
            allowDeselect={false}
            value={answer.rule}
            data={rules.map((value) => ({ value, label: t(`data.work.rule.${value}`) }))}
            onChange={(next) => {
              const rule = rules.find((name) => name === next)
              if (rule !== undefined) change({ rule })
            }}
          />
          {answer.rule === 'regex' && (
            <TextInput
              label={t('data.work.map.pattern')}
              spellCheck={false}
              maxLength={1000}
              value={answer.pattern}
              onChange={({ currentTarget }) => change({ pattern: currentTarget.value })}
            />
          )}
        </div>
        {answer.rule !== 'none' && (
          <div className={css.field} role="group" aria-labelledby={cleanId}>
            <p id={cleanId} className={css.label}>
              {t('data.work.map.clean')}
            </p>
            <div className={css.row}>
              {cleanings.map((name) => (
                <Chip
                  key={name}
                  size="xs"
                  checked={answer.clean.includes(name)}
                  onChange={(on) =>
                    change({ clean: cleanings.filter((one) => (one === name ? on : answer.clean.includes(one))) })
                  }
                >
                  {t(`data.work.clean.${name}`)}
                </Chip>
              ))}
            </div>
          </div>
        )}
      </div>
    </Panel>
  )
}
