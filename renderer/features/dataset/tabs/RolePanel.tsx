import { Autocomplete } from '@mantine/core'
import type { DataColumn, DataRecipe } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Panel } from '../../../ui/Page'
import { changeRecipe, rolesOf, type Role } from './recipe'
import css from './work.module.css'

interface RolePanelProps {
  recipe: DataRecipe
  columns: DataColumn[]
}

/** Columns by name, and the first and last message of those that hold messages. */
const pathsOf = (columns: DataColumn[]): string[] => [
  ...columns.map(({ name }) => name),
  ...columns.flatMap(({ name, kind }) => (kind === 'messages' ? [`${name}[0].content`, `${name}[-1].content`] : [])),
]

export function RolePanel({ recipe, columns }: RolePanelProps) {
  const { t } = useTranslation()
  const paths = pathsOf(columns)
  return (
    <Panel title={t('data.work.map.columns')}>
      <div className={css.fields}>
        {rolesOf(recipe).map((role) => (
          <RoleField key={role} role={role} value={recipe.columns[role]} recipe={recipe} paths={paths} />
        ))}
      </div>
    </Panel>
  )
}

interface RoleFieldProps {
  role: Role
  value: string | null
  recipe: DataRecipe
  paths: string[]
}

/** A column that is picked, or the path of a part of one that is typed. Nothing typed: no column. */
function RoleField({ role, value, recipe, paths }: RoleFieldProps) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState<string | null>(null)
  const take = (path: string) => {
    setDraft(null)
    changeRecipe({ columns: { ...recipe.columns, [role]: path.trim() === '' ? null : path.trim() } })
  }
  const shown = draft ?? value ?? ''
  return (
    <Autocomplete
      label={t(`data.work.role.${role}`)}
      description={t(`data.work.roleHint.${role}`)}
      placeholder={t('data.work.map.noColumn')}
      spellCheck={false}
      maxLength={300}
      data={paths}
      // What is there already is a choice made, not a search.
      filter={({ options, search }) =>
        draft === null || paths.includes(search)
          ? options
          : options.filter((option) => 'value' in option && option.value.toLowerCase().includes(search.toLowerCase()))
      }
      value={shown}
      onChange={setDraft}
      onOptionSubmit={take}
      onBlur={() => draft !== null && take(draft)}
      onKeyDown={({ key, currentTarget }) => key === 'Enter' && take(currentTarget.value)}
    />
  )
}
