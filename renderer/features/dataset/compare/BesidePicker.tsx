import { Button, Select, TextInput } from '@mantine/core'
import type { DataRef, OpenedData } from '#contract'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useCore } from '../../../stores/projection'
import { keyOf, refOf, typedPaths } from '../refs'
import { useRecent } from '../recent'
import { choicesFor, titleOf, type Shelf } from './beside'
import css from './compare.module.css'

interface PickerProps {
  data: DataRef
  opened: OpenedData
  beside: DataRef | null
  onChange(data: DataRef): void
}

const shelves: Shelf[] = ['splits', 'library', 'prepared', 'recent']

/** Which dataset stands on the right: one that is known here, or a path. */
export function BesidePicker({ data, opened, beside, onChange }: PickerProps) {
  const { t } = useTranslation()
  const library = useCore((state) => state.library)
  const datasets = useCore((state) => state.datasets)
  const recent = useRecent((store) => store.list)
  const choices = choicesFor({ data, opened, library, datasets, recent })
  const groups = shelves
    .map((shelf) => ({
      group: t(`data.look.compare.shelf.${shelf}`),
      items: choices
        .filter((choice) => choice.shelf === shelf)
        .map((choice) => ({ value: keyOf(choice.data), label: choice.label })),
    }))
    .filter(({ items }) => items.length > 0)
  const value = beside === null ? null : keyOf(beside)
  const known = choices.some((choice) => keyOf(choice.data) === value)
  const own = beside === null || known ? [] : [{ value: keyOf(beside), label: titleOf(beside) }]
  return (
    <div className={css.picker}>
      <Select
        className={css.choice ?? ''}
        aria-label={t('data.look.compare.beside')}
        placeholder={t('data.look.compare.beside')}
        data={[...own, ...groups]}
        value={value}
        searchable
        comboboxProps={{ withinPortal: false }}
        nothingFoundMessage={t('data.look.compare.noChoice')}
        onChange={(next) => {
          const choice = choices.find((one) => keyOf(one.data) === next)
          if (choice !== undefined) onChange(choice.data)
        }}
      />
      <PathForm onChange={onChange} />
    </div>
  )
}

function PathForm({ onChange }: { onChange(data: DataRef): void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const paths = typedPaths(text)
  const open = (event: FormEvent) => {
    event.preventDefault()
    if (paths.length === 0) return
    onChange(refOf(paths))
    setText('')
  }
  return (
    <form className={css.path} onSubmit={open}>
      <TextInput
        aria-label={t('data.look.open.path')}
        placeholder={t('data.look.compare.path')}
        spellCheck={false}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      <Button type="submit" variant="default" disabled={paths.length === 0}>
        {t('data.look.open.action')}
      </Button>
    </form>
  )
}
