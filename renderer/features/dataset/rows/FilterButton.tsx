import { ActionIcon, Button, NativeSelect, Popover, TextInput } from '@mantine/core'
import { IconFilter, IconFilterFilled } from '@tabler/icons-react'
import type { DataColumn, DataFilter } from '#contract'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { opsOf } from './ops'
import type { Query } from './use-pages'
import css from './rows.module.css'

interface FilterProps {
  column: DataColumn
  query: Query
  onChange(query: Query): void
}

export function FilterButton({ column, query, onChange }: FilterProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const set = query.filters.some((filter) => filter.column === column.name)
  const Shape = set ? IconFilterFilled : IconFilter
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" shadow="md" trapFocus returnFocus withinPortal>
      <Popover.Target>
        <ActionIcon
          className={css.filter ?? ''}
          variant="subtle"
          color={set ? 'accent' : 'gray'}
          size={24}
          data-set={set || undefined}
          aria-label={t('data.look.filter.action', { column: column.name })}
          onClick={() => setOpen(!open)}
        >
          <Shape size={15} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('data.look.filter.action', { column: column.name })}>
        <FilterForm column={column} query={query} onChange={onChange} onDone={() => setOpen(false)} />
      </Popover.Dropdown>
    </Popover>
  )
}

function FilterForm({ column, query, onChange, onDone }: FilterProps & { onDone(): void }) {
  const { t } = useTranslation()
  const ops = opsOf(column.kind)
  const known = query.filters.find((filter) => filter.column === column.name)
  const [op, setOp] = useState<DataFilter['op']>(known?.op ?? ops[0] ?? 'filled')
  const [value, setValue] = useState(known?.value ?? '')
  const others = query.filters.filter((filter) => filter.column !== column.name)
  const valued = op !== 'empty' && op !== 'filled'
  const lengths = (op === 'above' || op === 'below') && column.kind !== 'number' && column.kind !== 'time'
  const apply = (event: FormEvent) => {
    event.preventDefault()
    onChange({ ...query, filters: [...others, { column: column.name, op, value: valued ? value : '' }] })
    onDone()
  }
  const remove = () => {
    onChange({ ...query, filters: others })
    onDone()
  }
  return (
    <form className={css.filterForm} onSubmit={apply}>
      <strong>{column.name}</strong>
      <NativeSelect
        size="xs"
        aria-label={t('data.look.filter.how')}
        value={op}
        data={ops.map((name) => ({ value: name, label: t(`data.look.filter.op.${name}`) }))}
        onChange={({ currentTarget }) => setOp(ops.find((name) => name === currentTarget.value) ?? 'filled')}
      />
      {valued && (
        <TextInput
          size="xs"
          data-autofocus
          aria-label={t('data.look.filter.value')}
          placeholder={t(lengths ? 'data.look.filter.length' : 'data.look.filter.value')}
          value={value}
          onChange={({ currentTarget }) => setValue(currentTarget.value)}
        />
      )}
      <div className={css.filterActions}>
        <Button variant="subtle" color="gray" size="compact-sm" disabled={known === undefined} onClick={remove}>
          {t('data.look.filter.clear')}
        </Button>
        <Button type="submit" size="compact-sm" disabled={valued && value === ''}>
          {t('data.look.filter.apply')}
        </Button>
      </div>
    </form>
  )
}
