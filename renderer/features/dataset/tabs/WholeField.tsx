import { NumberInput } from '@mantine/core'

interface WholeFieldProps {
  label: string
  /** What nothing typed means. */
  empty: string
  least?: number
  value: number | null
  onChange(value: number | null): void
}

/** A whole number, or nothing. */
export function WholeField({ label, empty, least = 1, value, onChange }: WholeFieldProps) {
  return (
    <NumberInput
      label={label}
      placeholder={empty}
      min={least}
      max={2_147_483_647}
      allowDecimal={false}
      thousandSeparator=" "
      value={value ?? ''}
      onChange={(next) => {
        if (next === '') onChange(null)
        else if (typeof next === 'number' && next >= least) onChange(next)
      }}
    />
  )
}
