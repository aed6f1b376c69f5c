export interface Figure {
  what: string
  ours: string
  compared: string
}

/** A table of figures; what each is compared with stands beside it. */
export function print(title: string, figures: Figure[]): void {
  console.log(`\n${title}`)
  const width = Math.max(...figures.map(({ what }) => what.length))
  for (const { what, ours, compared } of figures)
    console.log(`  ${what.padEnd(width)}  ${ours.padStart(14)}   ${compared}`)
}

export const ms = (value: number) => `${Math.round(value)} ms`
export const mb = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MB`
export const kb = (bytes: number) => `${(bytes / 1024).toFixed(0)} KB`
export const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
