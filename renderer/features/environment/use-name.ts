import { useTranslation } from 'react-i18next'
import type { Name } from './names'

export function useNameText(): (name: Name) => string {
  const { t } = useTranslation()
  return ({ main, engine }) => (engine === null ? main : t('environments.with', { trainer: main, engine }))
}
