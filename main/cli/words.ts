import type { AppErrorData, Language } from '#contract'
import { createSay as sayIn, type Say } from '#core'

export type { Say }

/** The terminal's language: the one set in the app, else the locale's, else English. */
export function terminalLanguage(chosen: Language | null): Language {
  const locale = process.env['LC_ALL'] ?? process.env['LC_MESSAGES'] ?? process.env['LANG'] ?? ''
  return chosen ?? (locale.startsWith('zh') ? 'zh-CN' : 'en')
}

export const createSay = (language: Language | null): Promise<Say> => sayIn(terminalLanguage(language))

export const sayError = (say: Say, error: AppErrorData): string => say(`errors.${error.code}`, error.params)
