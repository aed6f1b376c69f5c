import i18next, { type TFunction } from 'i18next'
import type { AppErrorData, Language } from '#contract'
import { words } from '#contract/locales'
import { bytes } from './format'

export type Say = TFunction

/** The terminal's voice: the language set in the app, else the locale's, else English. */
export async function createSay(language: Language | null): Promise<Say> {
  const locale = process.env['LC_ALL'] ?? process.env['LC_MESSAGES'] ?? process.env['LANG'] ?? ''
  const instance = i18next.createInstance()
  const say = await instance.init({
    lng: language ?? (locale.startsWith('zh') ? 'zh-CN' : 'en'),
    fallbackLng: 'en',
    resources: { en: { translation: words.en }, 'zh-CN': { translation: words['zh-CN'] } },
    interpolation: { escapeValue: false },
    showSupportNotice: false,
  })
  instance.services.formatter?.add('bytes', (value: number) => bytes(value))
  return say
}

export const sayError = (say: Say, error: AppErrorData): string => say(`errors.${error.code}`, error.params)
