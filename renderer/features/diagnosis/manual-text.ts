import { filled, type Cause, type ManualEntry, type SignatureText } from '#contract'
import { useTranslation } from 'react-i18next'
import { useAsked } from '../../stores/asked'

/** What is known of crashes; null while it is fetched. */
export const useManual = () => useAsked('manual', (core) => core.diagnosis.manual())

/** The languages that signatures are written in. */
export const languageOf = (language: string) => (language === 'zh-CN' ? 'zh-CN' : 'en')

/** A cause in the page's language, with what was captured in it; null: nobody has described it. */
export function useCauseText(manual: readonly ManualEntry[] | null): (cause: Cause) => SignatureText | null {
  const { i18n } = useTranslation()
  return ({ signature, params }) => {
    const text = manual?.find(({ id }) => id === signature)?.text[languageOf(i18n.language)]
    if (text === undefined) return null
    return { title: filled(text.title, params), cause: filled(text.cause, params), fix: filled(text.fix, params) }
  }
}

/** Entries whose words hold every word sought, in either language: error texts are English everywhere. */
export function searchManual(manual: readonly ManualEntry[], sought: string): ManualEntry[] {
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean)
  return manual.filter(({ id, text }) => {
    const all = [id, ...Object.values(text).flatMap(({ title, cause, fix }) => [title, cause, fix])].join(' ')
    return words.every((word) => all.toLowerCase().includes(word))
  })
}

export const manualTextOf = (entry: ManualEntry, language: string): SignatureText => ({
  title: filled(entry.text[languageOf(language)].title, {}),
  cause: filled(entry.text[languageOf(language)].cause, {}),
  fix: filled(entry.text[languageOf(language)].fix, {}),
})
