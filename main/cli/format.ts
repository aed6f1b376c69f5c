/** 1536 -> "1.5 KB". Binary steps with the short names everybody reads. */
export function bytes(count: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  let value = count
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? 'B'}`
}

/** 75_000 -> "1 min 15 s". */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

const BARS = '▁▂▃▄▅▆▇█'

/** One bar a value, lowest to highest of the series; a flat series is a flat line. */
export function sparkline(values: readonly number[]): string {
  const low = Math.min(...values)
  const span = Math.max(...values) - low
  return values
    .map((value) => BARS[span === 0 ? 0 : Math.round(((value - low) / span) * (BARS.length - 1))] ?? '')
    .join('')
}
