import { Select } from '@mantine/core'
import type { EnvironmentView } from '#contract'
import { useTranslation } from 'react-i18next'
import { useCore } from '../../../stores/projection'
import { nameOfEnvironment, sortedEnvironments } from '../../environment/names'

/** Those that verl can be asked in. */
export function useVerlEnvironments(): EnvironmentView[] {
  const all = useCore((state) => state.environments)
  return sortedEnvironments(all).filter(
    ({ status, packages }) => status === 'ready' && packages.some(({ name }) => name === 'verl'),
  )
}

interface EnvironmentFieldProps {
  label: string
  description?: string
  value: string | null
  /** What nothing chosen means; left out: one has to be chosen. */
  none?: string
  onChange(id: string | null): void
}

export function EnvironmentField({ value, none, onChange, ...text }: EnvironmentFieldProps) {
  const { t } = useTranslation()
  const environments = useVerlEnvironments()
  return (
    <Select
      {...text}
      placeholder={environments.length === 0 ? t('data.work.noEnvironment') : (none ?? t('data.work.pickEnvironment'))}
      disabled={environments.length === 0}
      clearable={none !== undefined}
      data={environments.map((one) => ({ value: one.id, label: `${nameOfEnvironment(one).main} · ${one.id}` }))}
      value={value}
      onChange={onChange}
    />
  )
}
