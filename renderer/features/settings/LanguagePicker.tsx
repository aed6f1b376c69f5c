import { SegmentedControl } from '@mantine/core'
import type { Language } from '#contract'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { resolveLanguage } from '../../i18n'
import { useCommand } from '../../stores/command'
import { useCore } from '../../stores/projection'
import { ErrorNotice } from '../../ui/Notice'

/** A language is always written in itself: whoever cannot read the present one still finds their own. */
const names: Record<Language, string> = { en: 'English', 'zh-CN': '简体中文' }
const languages = ['en', 'zh-CN'] as const
const SYSTEM = 'system'

export function LanguagePicker({ withSystem = false }: { withSystem?: boolean }) {
  const { t } = useTranslation()
  const chosen = useCore((state) => state.settings.language)
  const change = useCommand((core, language: Language | null) => core.settings.update({ language }))
  const value = chosen ?? (withSystem ? SYSTEM : resolveLanguage(null))
  const choices: { value: string; label: ReactNode }[] = languages.map((language) => ({
    value: language,
    label: <span lang={language}>{names[language]}</span>,
  }))
  return (
    <div>
      <SegmentedControl
        aria-label={t('settings.language')}
        value={value}
        onChange={(next) => void change.run(languages.find((language) => language === next) ?? null)}
        data={
          withSystem ? [...choices, { value: SYSTEM, label: <span>{t('settings.languageSystem')}</span> }] : choices
        }
      />
      <ErrorNotice error={change.error} />
    </div>
  )
}
