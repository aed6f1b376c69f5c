import { Button, NumberInput, Textarea } from '@mantine/core'
import type { DataRecipe, DataRef, Scored, Scorer } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../../../stores/command'
import { ErrorNotice } from '../../../ui/Notice'
import { Panel } from '../../../ui/Page'
import { useDataset } from '../store'
import { blocksOf } from './blocks'
import { ScoredTable } from './ScoredTable'
import css from './work.module.css'

const MOST = 1000

interface BenchProps {
  data: DataRef
  recipe: DataRecipe
  scorer: Scorer | null
}

/** Any text as the answer to a row: several of them parted by a line of dashes, scored at once. */
export function Bench({ data, recipe, scorer }: BenchProps) {
  const { t } = useTranslation()
  const rows = useDataset((store) => store.opened?.rows ?? null)
  const [index, setIndex] = useState(0)
  const [text, setText] = useState('')
  const [done, setDone] = useState<{ texts: string[]; shown: Scored[] } | null>(null)
  const texts = blocksOf(text).slice(0, MOST)
  const score = useCommand(async (core) => {
    if (scorer === null) return
    const completions = texts.map((one) => ({ index, text: one }))
    for await (const news of await core.dataset.reward({ data, recipe, scorer, completions }))
      if (news.kind === 'result') setDone({ texts, shown: news.value.shown })
  })
  return (
    <Panel title={t('data.work.reward.bench')}>
      <div className={css.stack}>
        <Textarea
          label={t('data.work.reward.completions')}
          description={t('data.work.reward.completionsHint')}
          autosize
          minRows={4}
          maxRows={16}
          spellCheck={false}
          placeholder={t('data.work.reward.completionsPlaceholder')}
          styles={{ input: { fontFamily: 'var(--mono)', fontSize: 13 } }}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        <div className={css.row} data-bottom>
          <NumberInput
            w={150}
            label={t('data.work.reward.forRow')}
            min={0}
            max={rows === null ? Infinity : rows - 1}
            allowDecimal={false}
            value={index}
            onChange={(next) => typeof next === 'number' && next >= 0 && setIndex(next)}
          />
          <Button
            disabled={texts.length === 0 || scorer === null}
            loading={score.busy}
            onClick={() => void score.run()}
          >
            {t('data.work.reward.scoreThem', { count: texts.length })}
          </Button>
        </div>
        <ErrorNotice error={score.error} />
        {done !== null && (
          <ScoredTable label={t('data.work.reward.results')} scored={done.shown} texts={done.texts} data={data} />
        )}
      </div>
    </Panel>
  )
}
