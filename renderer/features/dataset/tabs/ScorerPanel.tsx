import { SegmentedControl, TextInput } from '@mantine/core'
import type { DataRecipe, Scorer } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAnswer } from '../../../stores/answer'
import { Panel } from '../../../ui/Page'
import { EnvironmentField, useVerlEnvironments } from './Environments'
import { ruleOf } from './recipe'
import css from './work.module.css'

const kinds = ['rule', 'verl', 'function'] as const
type Kind = (typeof kinds)[number]

interface Draft {
  kind: Kind
  environment: string | null
  file: string
  name: string
}

function scorerOf({ kind, environment, file, name }: Draft): Scorer | null {
  if (kind === 'rule') return { kind }
  if (environment === null) return null
  if (kind === 'verl') return { kind, environment }
  return file.trim() === '' || name.trim() === '' ? null : { kind, environment, file: file.trim(), name: name.trim() }
}

interface ScorerPanelProps {
  recipe: DataRecipe
  onChange(scorer: Scorer | null): void
}

/** Who scores: our copy of the rule, verl itself, or a function of the user's own. */
export function ScorerPanel({ recipe, onChange }: ScorerPanelProps) {
  const { t } = useTranslation()
  const first = useVerlEnvironments()[0]?.id ?? null
  const rules = useAnswer((core) => core.dataset.rewards()).value ?? []
  const [draft, setDraft] = useState<Draft>({ kind: 'rule', environment: first, file: '', name: 'compute_score' })
  const change = (patch: Partial<Draft>) => {
    const next = { ...draft, ...patch }
    setDraft(next)
    onChange(scorerOf(next))
  }
  const rule = ruleOf(rules, recipe.dataSource)
  return (
    <Panel title={t('data.work.reward.scorer')}>
      <div className={css.stack}>
        <div className={css.row}>
          <SegmentedControl
            aria-label={t('data.work.reward.scorer')}
            value={draft.kind}
            data={kinds.map((value) => ({ value, label: t(`data.work.reward.kinds.${value}`) }))}
            onChange={(next) => change({ kind: kinds.find((kind) => kind === next) ?? 'rule' })}
          />
        </div>
        <p className={css.quiet}>
          {draft.kind === 'rule' && rule !== null
            ? t('data.work.reward.byRule', { rule: rule.id, source: recipe.dataSource })
            : t(`data.work.reward.kindHint.${draft.kind}`)}
        </p>
        {draft.kind !== 'rule' && (
          <div className={css.fields}>
            <EnvironmentField
              label={t('data.work.environment')}
              value={draft.environment}
              onChange={(environment) => change({ environment })}
            />
            {draft.kind === 'function' && (
              <>
                <TextInput
                  label={t('data.work.reward.file')}
                  placeholder="/home/me/reward.py"
                  spellCheck={false}
                  value={draft.file}
                  onChange={({ currentTarget }) => change({ file: currentTarget.value })}
                />
                <TextInput
                  label={t('data.work.reward.function')}
                  spellCheck={false}
                  value={draft.name}
                  onChange={({ currentTarget }) => change({ name: currentTarget.value })}
                />
              </>
            )}
          </div>
        )}
      </div>
    </Panel>
  )
}
