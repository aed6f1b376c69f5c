import { Autocomplete, SegmentedControl } from '@mantine/core'
import type { TokenAsk } from '#contract'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCore } from '../../../stores/projection'
import { wholeOf } from '../../library/choice'
import { useDataset } from '../store'
import { fromPlan } from './plan'
import css from './work.module.css'

/** The model whose tokenizer counts: the one that was chosen here, else the plan's. */
export function useAsk(): TokenAsk | null {
  const chosen = useDataset((store) => store.ask)
  const plan = useCore((state) => state.plan)
  return chosen ?? fromPlan(plan).ask
}

const thinkings = ['default', 'on', 'off'] as const
const thinkingOf = { default: null, on: true, off: false }

/** Whole models of the library, the plan's, or any folder. */
export function ModelAsk() {
  const { t } = useTranslation()
  const id = useId()
  const ask = useAsk()
  const library = useCore((state) => state.library)
  const plan = useCore((state) => state.plan)
  const [draft, setDraft] = useState<string | null>(null)
  const known = [
    ...new Set([...wholeOf(library, 'model').map((item) => item.id), ...(plan?.model ? [plan.model] : [])]),
  ]
  const take = (model: string) => {
    setDraft(null)
    if (model.trim() !== '') useDataset.setState({ ask: { model: model.trim(), thinking: ask?.thinking ?? null } })
  }
  const thinking = ask?.thinking == null ? 'default' : ask.thinking ? 'on' : 'off'
  return (
    <>
      <Autocomplete
        label={t('data.work.model.title')}
        description={t('data.work.model.hint')}
        placeholder={t('data.work.model.placeholder')}
        spellCheck={false}
        data={known}
        filter={({ options, search }) =>
          known.includes(search)
            ? options
            : options.filter((option) => 'value' in option && option.value.toLowerCase().includes(search.toLowerCase()))
        }
        value={draft ?? ask?.model ?? ''}
        onChange={setDraft}
        onOptionSubmit={take}
        onBlur={() => draft !== null && take(draft)}
        onKeyDown={({ key, currentTarget }) => key === 'Enter' && take(currentTarget.value)}
      />
      <div className={css.field}>
        <p id={id} className={css.label}>
          {t('data.work.model.thinking')}
        </p>
        <p className={css.hint}>{t('data.work.model.thinkingHint')}</p>
        <SegmentedControl
          fullWidth
          aria-labelledby={id}
          value={thinking}
          disabled={ask === null}
          data={thinkings.map((value) => ({ value, label: t(`data.work.model.thinkings.${value}`) }))}
          onChange={(next) => {
            const choice = thinkings.find((name) => name === next)
            if (ask !== null && choice !== undefined)
              useDataset.setState({ ask: { ...ask, thinking: thinkingOf[choice] } })
          }}
        />
      </div>
    </>
  )
}
