import type { RenderedPrompt } from '#contract'
import { useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import tokens from './tokens.module.css'

/** More is laid out only when somebody needs it; a prompt of this many does not fit a training anyway. */
const SHOWN = 8000

/** Tokens in two tints, those of the template marked. The arrows go through them, the line below says which it is. */
export function TokenText({ prompt }: { prompt: RenderedPrompt }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [at, setAt] = useState<number | null>(null)
  const shown = prompt.tokens.slice(0, SHOWN)
  const token = at === null ? undefined : shown[at]
  const move = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (by === undefined) return
    event.preventDefault()
    setAt(Math.min(shown.length - 1, Math.max(0, (at ?? -1) + by)))
  }
  return (
    <div className={tokens.prompt}>
      <div
        className={tokens.text}
        role="group"
        aria-label={t('data.work.tokens.promptText')}
        tabIndex={0}
        onKeyDown={move}
        onFocus={() => at === null && setAt(0)}
        onMouseLeave={() => setAt(null)}
      >
        {shown.map(({ text, special }, index) => (
          <span
            key={index}
            data-odd={index % 2 === 1 || undefined}
            data-special={special || undefined}
            data-at={index === at || undefined}
            onMouseEnter={() => setAt(index)}
          >
            {text}
          </span>
        ))}
      </div>
      {prompt.tokens.length > SHOWN && (
        <p className={tokens.told}>{t('data.work.tokens.cut', { tokens: format.count(SHOWN) })}</p>
      )}
      <p className={tokens.told} aria-live="polite">
        {token === undefined || at === null ? (
          t('data.work.tokens.point')
        ) : (
          <>
            <span>{t('data.work.tokens.which', { number: format.count(at + 1) })}</span>
            <span>
              id <b>{token.id}</b>
            </span>
            <code>{JSON.stringify(token.text)}</code>
            {token.special && <em>{t('data.work.tokens.special')}</em>}
          </>
        )}
      </p>
    </div>
  )
}
