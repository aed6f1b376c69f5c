import type { Finding } from '#contract'
import { words } from '#contract/locales'
import { useTranslation } from 'react-i18next'
import { Notice, type NoticeTone } from './Notice'

const tones: Record<Finding['severity'], NoticeTone> = { error: 'bad', warning: 'warn', info: 'info' }

const isFindingCode = (code: string): code is keyof typeof words.en.finding => Object.hasOwn(words.en.finding, code)

/** Codes are open: a script in an environment may report one this page has no sentence for; then its facts are shown. */
export function useFindingText(): (finding: Finding) => string {
  const { t } = useTranslation()
  return ({ code, params }) => {
    if (isFindingCode(code)) return t(`finding.${code}`, params)
    const facts = Object.entries(params).map(([name, value]) => `${name}: ${value}`)
    return facts.length === 0 ? code : t('findings.text', { code, facts: facts.join(' · ') })
  }
}

export function Findings({ findings, title }: { findings: Finding[]; title?: string }) {
  const text = useFindingText()
  return findings.map((finding, index) => (
    <Notice key={`${finding.code}-${index}`} tone={tones[finding.severity]} title={title}>
      {text(finding)}
    </Notice>
  ))
}
