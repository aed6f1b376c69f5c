import { words } from '#contract/locales'
import type { Language } from '#contract'
import i18next, { type TFunction } from 'i18next'

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

export type Say = TFunction

/** Sentences for the core's codes in one language, for texts that leave the app: the terminal, an exported plan. */
export async function createSay(language: Language): Promise<Say> {
  const instance = i18next.createInstance()
  const say = await instance.init({
    lng: language,
    fallbackLng: 'en',
    resources: { en: { translation: words.en }, 'zh-CN': { translation: words['zh-CN'] } },
    interpolation: { escapeValue: false },
    showSupportNotice: false,
  })
  instance.services.formatter?.add('bytes', (value: number) => bytes(value))
  instance.services.formatter?.add('memory', (value: number) => bytes(value))
  // Cards and memory are sold in powers of two; everybody's tools show them so.
  instance.services.formatter?.add('memory', (value: number) => `${(value / 2 ** 30).toFixed(1)} GiB`)
  return say
}
