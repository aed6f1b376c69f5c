import { Button, TextInput } from '@mantine/core'
import { IconFolderOpen } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { desktop } from '../api/desktop'
import css from './ui.module.css'

interface FolderFieldProps {
  label: string
  description?: string
  placeholder?: string
  value: string
  onChange(value: string): void
}

/** A path to type; in the desktop window it can be picked too. */
export function FolderField({ value, onChange, ...text }: FolderFieldProps) {
  const { t } = useTranslation()
  const bridge = desktop()
  const pick = async () => {
    const folder = await bridge?.pickFolder()
    if (folder !== null && folder !== undefined) onChange(folder)
  }
  return (
    <div className={css.folder}>
      <TextInput
        {...text}
        spellCheck={false}
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
      {bridge !== null && (
        <Button variant="default" leftSection={<IconFolderOpen size={17} aria-hidden />} onClick={() => void pick()}>
          {t('root.pick')}
        </Button>
      )}
    </div>
  )
}
