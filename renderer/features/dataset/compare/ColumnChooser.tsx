import { Button, Checkbox, Popover, Switch } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import css from './compare.module.css'

interface ChooserProps {
  names: string[]
  hidden: ReadonlySet<string>
  onHidden(hidden: ReadonlySet<string>): void
  linked: boolean
  onLinked(linked: boolean): void
}

/** Which columns both grids show, and whether they scroll together. */
export function ColumnChooser({ names, hidden, onHidden, linked, onLinked }: ChooserProps) {
  const { t } = useTranslation()
  const toggle = (name: string, shown: boolean) => {
    const next = new Set(hidden)
    if (shown) next.delete(name)
    else next.add(name)
    onHidden(next)
  }
  return (
    <div className={css.chooser}>
      <Switch
        size="sm"
        label={t('data.look.compare.linked')}
        checked={linked}
        onChange={({ currentTarget }) => onLinked(currentTarget.checked)}
      />
      <Popover position="bottom-end" shadow="md" trapFocus returnFocus>
        <Popover.Target>
          <Button variant="default" size="xs" rightSection={<IconChevronDown size={15} aria-hidden />}>
            {t('data.look.compare.columns', { shown: names.length - hidden.size, all: names.length })}
          </Button>
        </Popover.Target>
        <Popover.Dropdown className={css.columns ?? ''} aria-label={t('data.look.compare.columnsLabel')}>
          {names.map((name) => (
            <Checkbox
              key={name}
              size="xs"
              label={name}
              checked={!hidden.has(name)}
              // The last one stays: a grid of nothing shows nothing to come back from.
              disabled={!hidden.has(name) && hidden.size === names.length - 1}
              onChange={({ currentTarget }) => toggle(name, currentTarget.checked)}
            />
          ))}
        </Popover.Dropdown>
      </Popover>
    </div>
  )
}
