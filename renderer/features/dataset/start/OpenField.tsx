import { Button, TextInput } from '@mantine/core'
import { IconArrowRight, IconFileDownload, IconFiles, IconFolderOpen } from '@tabler/icons-react'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { desktop } from '../../../api/desktop'
import { show } from '../go'
import { refOf, typedPaths } from '../refs'
import css from './start.module.css'

const formats = ['parquet', 'Arrow', 'JSONL', 'JSON', 'CSV', '.gz', '.zst'] as const

/** The way in: a path to type or paste; in the desktop window also to pick, or to drop. */
export function OpenField() {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const paths = typedPaths(text)
  const open = (event: FormEvent) => {
    event.preventDefault()
    if (paths.length > 0) show(refOf(paths))
  }
  return (
    <section className={css.open} aria-label={t('data.look.open.title')}>
      <span className={css.openIcon}>
        <IconFileDownload size={26} stroke={1.6} aria-hidden />
      </span>
      <div className={css.openText}>
        <h2>{t('data.look.open.title')}</h2>
        <p>{t(desktop() === null ? 'data.look.open.textBrowser' : 'data.look.open.text')}</p>
      </div>
      <form className={css.openForm} onSubmit={open}>
        <TextInput
          aria-label={t('data.look.open.path')}
          placeholder={t('data.look.open.placeholder')}
          spellCheck={false}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        <Button type="submit" disabled={paths.length === 0} rightSection={<IconArrowRight size={16} aria-hidden />}>
          {t('data.look.open.action')}
        </Button>
        <Pickers />
      </form>
      <ul className={css.formats} aria-label={t('data.look.open.formats')}>
        {formats.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
    </section>
  )
}

function Pickers() {
  const { t } = useTranslation()
  const bridge = desktop()
  if (bridge === null) return null
  const files = async () => {
    const paths = await bridge.pickFiles()
    if (paths.length > 0) show(refOf(paths))
  }
  const folder = async () => {
    const path = await bridge.pickFolder()
    if (path !== null) show(refOf([path]))
  }
  return (
    <>
      <Button variant="default" leftSection={<IconFiles size={17} aria-hidden />} onClick={() => void files()}>
        {t('data.look.open.files')}
      </Button>
      <Button variant="default" leftSection={<IconFolderOpen size={17} aria-hidden />} onClick={() => void folder()}>
        {t('data.look.open.folder')}
      </Button>
    </>
  )
}
