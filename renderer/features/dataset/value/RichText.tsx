import { Button } from '@mantine/core'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { Formula } from './Formula'
import { partsOf, type Part } from './rich'
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
        if (part.kind === 'text')
          return <span key={index}>{between(part.text, parts[index - 1], parts[index + 1])}</span>
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

const isBlock = (part: Part | undefined): boolean =>
  part !== undefined && (part.kind === 'math' ? part.display : part.kind === 'code' && part.block)

/** A block stands on lines of its own already: the line breaks around it would be empty lines. */
function between(text: string, before: Part | undefined, after: Part | undefined): string {
  const begun = isBlock(before) ? text.replace(/^[ \t]*\n{0,2}/, '') : text
  return isBlock(after) ? begun.replace(/\n{1,2}[ \t]*$/, '') : begun
}

function Code({ text, language }: { text: string; language: string }) {
  return (
    <figure className={css.code}>
      {language !== '' && <figcaption>{language}</figcaption>}
      <pre>{text}</pre>
    </figure>
  )
}
