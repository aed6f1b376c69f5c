import { ActionIcon, NumberInput } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import type { AppErrorData, DataRecipe, DataRef, RenderedPrompt, TokenAsk } from '#contract'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toAppError } from '../../../api/errors'
import { client } from '../../../api/session'
import { useFormat } from '../../../i18n'
import { ErrorNotice } from '../../../ui/Notice'
import { Panel } from '../../../ui/Page'
import { useDataset } from '../store'
import { TokenText } from './TokenText'
import { useLater } from './use-later'
import css from './work.module.css'

interface PromptPanelProps {
  data: DataRef
  recipe: DataRecipe
  ask: TokenAsk
}

const RESTS_MS = 200

/** The prompt of one row as the model will see it, cut where its tokens end. */
export function PromptPanel({ data, recipe, ask }: PromptPanelProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const rows = useDataset((store) => store.opened?.rows ?? null)
  const [index, setIndex] = useState(0)
  const { prompt, error } = usePrompt(data, recipe, ask, useLater(index, RESTS_MS))
  const last = rows === null ? Infinity : rows - 1
  return (
    <Panel
      title={t('data.work.tokens.prompt')}
      actions={
        <>
          {prompt !== null && (
            <span className="num">
              {t('data.work.tokens.count', { count: prompt.tokens.length, tokens: format.count(prompt.tokens.length) })}
            </span>
          )}
          <ActionIcon
            variant="default"
            aria-label={t('data.work.previousRow')}
            disabled={index === 0}
            onClick={() => setIndex(index - 1)}
          >
            <IconChevronLeft size={16} aria-hidden />
          </ActionIcon>
          <NumberInput
            w={104}
            size="xs"
            hideControls
            aria-label={t('data.work.rowNumber')}
            min={0}
            max={last}
            allowDecimal={false}
            value={index}
            onChange={(next) => typeof next === 'number' && next >= 0 && next <= last && setIndex(next)}
          />
          <ActionIcon
            variant="default"
            aria-label={t('data.work.nextRow')}
            disabled={index >= last}
            onClick={() => setIndex(index + 1)}
          >
            <IconChevronRight size={16} aria-hidden />
          </ActionIcon>
        </>
      }
    >
      <div className={css.stack}>
        <ErrorNotice error={error} />
        {prompt !== null && <TokenText key={prompt.text} prompt={prompt} />}
      </div>
    </Panel>
  )
}

function usePrompt(data: DataRef, recipe: DataRecipe, ask: TokenAsk, index: number) {
  const [held, setHeld] = useState<{ prompt: RenderedPrompt | null; error: AppErrorData | null }>({
    prompt: null,
    error: null,
  })
  useEffect(() => {
    const leaving = new AbortController()
    client()
      .dataset.prompt({ data, recipe, ask, index }, { signal: leaving.signal })
      .then((prompt) => !leaving.signal.aborted && setHeld({ prompt, error: null }))
      .catch((thrown: unknown) => !leaving.signal.aborted && setHeld({ prompt: null, error: toAppError(thrown) }))
    return () => leaving.abort()
    // The ask is made anew by every render; what it says is what counts.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [data, recipe, ask.model, ask.thinking, index])
  return held
}
