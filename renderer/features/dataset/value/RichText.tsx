import { Button } from '@mantine/core'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { Formula } from './Formula'
import { partsOf } from './rich'
import { useView } from './view'
import css from './value.module.css'

/** More is laid out only when it is asked for. */
const SHOWN = 40_000

/** A text with its formulas set and its code as code, or exactly as it is. HTML is text. */
export function RichText({ text }: { text: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [all, setAll] = useState(false)
  const { view } = useView()
  const shown = all || text.length <= SHOWN ? text : text.slice(0, SHOWN)
  if (text === '') return <p className={css.none}>{t('data.look.grid.empty')}</p>
  return (
    <>
      {view === 'text' ? <pre className={css.plain}>{shown}</pre> : <Rendered text={shown} />}
      {shown.length < text.length && (
        <Button variant="default" size="compact-sm" onClick={() => setAll(true)}>
          {t('data.look.row.more', { characters: format.count(text.length - shown.length) })}
        </Button>
      )}
    </>
  )
}

function Rendered({ text }: { text: string }) {
  const parts = useMemo(() => partsOf(text), [text])
  return (
    <div className={css.rich}>
      {parts.map((part, index) => {
        if (part.kind === 'text') return <span key={index}>{part.text}</span>
        if (part.kind === 'math') return <Formula key={index} tex={part.text} display={part.display} />
        return part.block ? (
          <Code key={index} text={part.text} language={part.language} />
        ) : (
          <code key={index} className={css.inline}>
            {part.text}
          </code>
        )
      })}
    </div>
  )
}

function Code({ text, language }: { text: string; language: string }) {
  return (
    <figure className={css.code}>
      {language !== '' && <figcaption>{language}</figcaption>}
      <pre>{text}</pre>
    </figure>
  )
}
