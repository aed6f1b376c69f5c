const byteUnits = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const

const made = new Map<string, Intl.NumberFormat>()

/** Making one takes longer than a hundred uses, and charts name hundreds of numbers a second. */
function numbers(language: string, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  const key = `${language} ${options.notation ?? ''} ${options.maximumFractionDigits ?? ''}`
  const found = made.get(key) ?? new Intl.NumberFormat(language, options)
  made.set(key, found)
  return found
}

/** Decimal units, as download sites and disks use them: 1.2 GB. */
export function formatBytes(bytes: number, language: string): string {
  if (!Number.isFinite(bytes)) return '–'
  let value = Math.abs(bytes)
  let unit = 0
  // 999.5 would be shown as 1000 of the unit below.
  while (value >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1000
    unit += 1
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1
  const text = numbers(language, { maximumFractionDigits: digits }).format(Math.sign(bytes) * value)
  return `${text} ${byteUnits[unit]}`
}

/** Memory is sold and spoken of in binary units: a 24 GB card holds 24 GiB. */
export function formatMemory(bytes: number, language: string): string {
  const gib = bytes / 1024 ** 3
  return `${numbers(language, { maximumFractionDigits: gib >= 99.95 ? 0 : 1 }).format(gib)} GiB`
}

const durationWords = {
  en: { d: ' d', h: ' h', m: ' min', s: ' s', gap: ' ' },
  zh: { d: ' 天', h: ' 小时', m: ' 分', s: ' 秒', gap: ' ' },
}

/** The two largest parts: "1 h 4 min", "3 min 20 s", "12 s". */
export function formatDuration(ms: number, language: string): string {
  const words = language.startsWith('zh') ? durationWords.zh : durationWords.en
  const total = Math.max(0, Math.round(ms / 1000))
  const parts: [number, string][] = [
    [Math.floor(total / 86_400), words.d],
    [Math.floor(total / 3600) % 24, words.h],
    [Math.floor(total / 60) % 60, words.m],
    [total % 60, words.s],
  ]
  const first = parts.findIndex(([amount]) => amount > 0)
  if (first === -1) return `0${words.s}`
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, word]) => `${amount}${word}`)
    .join(words.gap)
}

/** Enough digits to tell two steps apart, few enough to read. */
export function formatValue(value: number, language: string): string {
  const size = Math.abs(value)
  if (size !== 0 && (size < 0.001 || size >= 1e7)) return value.toExponential(2)
  const digits = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3
  return numbers(language, { maximumFractionDigits: digits }).format(value)
}

export function formatCount(value: number, language: string): string {
  return numbers(language).format(value)
}

/** 1234567 as "1.2M" or "123.5万". */
export function formatCompact(value: number, language: string): string {
  return numbers(language, { notation: 'compact', maximumFractionDigits: 1 }).format(value)
}

export function formatTime(ms: number, language: string): string {
  const sameDay = new Date(ms).toDateString() === new Date().toDateString()
  const day: Intl.DateTimeFormatOptions = sameDay ? {} : { month: 'short', day: 'numeric' }
  return new Intl.DateTimeFormat(language, { ...day, hour: 'numeric', minute: '2-digit' }).format(ms)
}
