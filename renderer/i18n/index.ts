import type { Language } from '#contract'
import { words } from '#contract/locales'
import i18next from 'i18next'
import { useMemo } from 'react'
import { initReactI18next, useTranslation } from 'react-i18next'
import { en } from './en'
import * as format from './format'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation'
    resources: { translation: typeof en & typeof words.en }
  }
}

/** The language to show: the chosen one, or the nearest to what the system asks for. */
export function resolveLanguage(chosen: Language | null): Language {
  if (chosen !== null) return chosen
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}

export async function startI18n(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    interpolation: { escapeValue: false },
    returnNull: false,
    showSupportNotice: false,
    resources: { en: { translation: { ...en, ...words.en } } },
  })
  i18next.services.formatter?.add('bytes', (value: unknown, language) =>
    format.formatBytes(Number(value), language ?? 'en'),
  )
  i18next.services.formatter?.add('memory', (value: unknown, language) =>
    format.formatMemory(Number(value), language ?? 'en'),
  )
  await showLanguage(resolveLanguage(null))
}

export async function showLanguage(language: Language): Promise<void> {
  if (language === 'zh-CN' && !i18next.hasResourceBundle('zh-CN', 'translation')) {
    const { zhCN } = await import('./zh-CN')
    i18next.addResourceBundle('zh-CN', 'translation', { ...zhCN, ...words['zh-CN'] })
  }
  if (i18next.language !== language) await i18next.changeLanguage(language)
  document.documentElement.lang = language
}

/** Numbers, sizes and times in the language shown. */
export function useFormat() {
  const { i18n } = useTranslation()
  const language = i18n.language
  return useMemo(
    () => ({
      bytes: (value: number) => format.formatBytes(value, language),
      memory: (value: number) => format.formatMemory(value, language),
      duration: (ms: number) => format.formatDuration(ms, language),
      value: (value: number) => format.formatValue(value, language),
      count: (value: number) => format.formatCount(value, language),
      compact: (value: number) => format.formatCompact(value, language),
      time: (ms: number) => format.formatTime(ms, language),
    }),
    [language],
  )
}
