import { IconBox, IconChecklist, IconMathSymbols, IconTrendingUp, type Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import css from './practice.module.css'

const parts = ['environment', 'data', 'check', 'train'] as const
const icons: Record<(typeof parts)[number], Icon> = {
  environment: IconBox,
  data: IconMathSymbols,
  check: IconChecklist,
  train: IconTrendingUp,
}

/** What practice will do, before it is started. */
export function Intro({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <section className={css.intro} aria-label={t('practice.intro.title')}>
      <div className={css.introText}>
        <h2>{t('practice.intro.title')}</h2>
        <p>{t('practice.intro.text')}</p>
        {children}
      </div>
      <ol className={css.parts}>
        {parts.map((part) => {
          const Shape = icons[part]
          return (
            <li key={part}>
              <span className={css.partIcon}>
                <Shape size={20} stroke={1.7} aria-hidden />
              </span>
              <div>
                <h3>{t(`practice.intro.${part}.title`)}</h3>
                <p>{t(`practice.intro.${part}.text`)}</p>
              </div>
            </li>
          )
        })}
      </ol>
    </section>
  )
}
