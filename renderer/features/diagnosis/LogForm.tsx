import { Button, Textarea, TextInput } from '@mantine/core'
import type { DiagnoseRequest } from '#contract'
import { useState, type DragEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Notice } from '../../ui/Notice'
import { Panel } from '../../ui/Page'
import css from './diagnosis.module.css'

interface LogFormProps {
  busy: boolean
  /** null: what was found is put away. */
  onAsk: (request: DiagnoseRequest | null) => void
}

/** As much as the core takes as text. */
const MOST = 8_000_000

/** A log by pasting, dropping or its path. */
export function LogForm({ busy, onAsk }: LogFormProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [path, setPath] = useState('')
  const [tooLarge, setTooLarge] = useState(false)
  const show = (value: string) => {
    setText(value)
    setTooLarge(value.length > MOST)
  }
  const drop = (event: DragEvent) => {
    const file = event.dataTransfer.files[0]
    if (file === undefined) return
    event.preventDefault()
    if (file.size > MOST) setTooLarge(true)
    else void file.text().then(show)
  }
  const request: DiagnoseRequest | null =
    text.trim() !== '' ? { kind: 'text', text } : path.trim() !== '' ? { kind: 'file', path: path.trim() } : null
  return (
    <Panel title={t('diagnosis.log.title')}>
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (request !== null && !tooLarge) onAsk(request)
        }}
      >
        <Textarea
          aria-label={t('diagnosis.log.label')}
          placeholder={t('diagnosis.log.placeholder')}
          classNames={{ input: css.paste ?? '' }}
          autosize
          minRows={5}
          maxRows={14}
          spellCheck={false}
          value={text}
          onChange={({ currentTarget: { value } }) => show(value)}
          onDrop={drop}
        />
        {tooLarge && <Notice tone="warn">{t('diagnosis.log.tooLarge')}</Notice>}
        <TextInput
          label={t('diagnosis.log.path')}
          placeholder={t('diagnosis.log.pathPlaceholder')}
          disabled={text.trim() !== ''}
          value={path}
          onChange={({ currentTarget: { value } }) => setPath(value)}
        />
        <div className={css.formActions}>
          <Button type="submit" loading={busy} disabled={request === null || tooLarge}>
            {t('diagnosis.log.ask')}
          </Button>
          {request !== null && (
            <Button
              variant="default"
              onClick={() => {
                show('')
                setPath('')
                onAsk(null)
              }}
            >
              {t('diagnosis.log.clear')}
            </Button>
          )}
        </div>
      </form>
    </Panel>
  )
}
