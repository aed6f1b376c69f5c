import type { Finding, Nearest, Params } from '#contract'
import { words } from '#contract/locales'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { nameOf } from './options'

/** What the core says in codes, as sentences. A code without a sentence is shown with its facts. */
export function useSentences() {
  const { t } = useTranslation()
  return useMemo(() => {
    // Codes are open, so whether there is a sentence is asked of the table, not of the types.
    const sentence = t as (key: string, params: Params) => string
    const say = (table: 'rule' | 'finding' | 'errors', code: string, params: Params) =>
      Object.hasOwn(words.en[table], code) ? sentence(`${table}.${code}`, params) : null
    const bare = (code: string, params: Params) => {
      const facts = Object.entries(params).map(([name, value]) => `${name}: ${value}`)
      return facts.length === 0 ? code : t('findings.text', { code, facts: facts.join(' · ') })
    }
    return {
      rule: (rule: string, params: Params) => say('rule', rule, params) ?? bare(rule, params),
      finding: ({ code, params }: Finding) =>
        say('finding', code, params) ?? say('errors', code, params) ?? bare(code, params),
      nearest: ({ kind, params }: Nearest) => {
        const known = 'bytes' in params || (kind !== 'vram' && kind !== 'free')
        return known ? t(`plan.nearest.${kind}`, params) : t(`plan.nearest.${kind}Unknown`)
      },
      /** An option in plain words; null for those that are known by their key alone. */
      option: (key: string) => {
        const name = nameOf(key)
        return name === null ? null : t(`plan.options.names.${name}`)
      },
    }
  }, [t])
}
