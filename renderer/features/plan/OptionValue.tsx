import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { bareKey, type Option } from './options'
import { withValue } from './request'
import { edit, usePlan } from './store'
import { revealed, useView } from './view'
import css from './options.module.css'

const isSwitch = (value: string): boolean => value === 'True' || value === 'False'

/** The value where it stands. What is typed is shown at once; the plan follows when the hand rests. */
export function OptionValue({ option: { value, findings } }: { option: Option }) {
  const { t } = useTranslation()
  const field = useRef<HTMLInputElement & HTMLSelectElement>(null)
  const asked = usePlan(({ request }) => request.changes[value.key])
  // An emptied field is the planned value again, but not before it is left.
  const [emptied, setEmptied] = useState(false)
  const wanted = useView((view) => view.wanted === value.key)
  useEffect(() => {
    if (!wanted) return
    field.current?.scrollIntoView({ block: 'center', behavior: 'smooth' })
    field.current?.focus({ preventScroll: true })
    revealed()
  }, [wanted])

  const shown = asked ?? value.planned ?? value.value
  const change = (next: string, typing: boolean) => {
    setEmptied(next === '')
    if (next !== '') edit((request) => withValue(request, value, next), typing)
  }
  const shared = {
    ref: field,
    className: css.value,
    'aria-label': t('plan.options.valueOf', { key: bareKey(value.key) }),
    'aria-invalid': findings.some(({ severity }) => severity === 'error'),
    'data-key': bareKey(value.key),
    // A path is longer than its field.
    title: shown,
  }
  if (isSwitch(value.planned ?? value.value)) {
    return (
      <select {...shared} value={shown} onChange={({ currentTarget }) => change(currentTarget.value, false)}>
        <option>True</option>
        <option>False</option>
      </select>
    )
  }
  return (
    <input
      {...shared}
      type="text"
      spellCheck={false}
      autoComplete="off"
      value={emptied ? '' : shown}
      onChange={({ currentTarget }) => change(currentTarget.value, true)}
      onBlur={() => {
        if (emptied) edit((request) => withValue(request, value, ''))
        setEmptied(false)
      }}
    />
  )
}
