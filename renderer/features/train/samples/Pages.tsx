import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { PER_PAGE } from './Sieve'
import css from './samples.module.css'

interface PagesProps {
  total: number
  offset: number
  onChange(offset: number): void
}

export function Pages({ total, offset, onChange }: PagesProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const pages = Math.ceil(total / PER_PAGE)
  const page = Math.floor(offset / PER_PAGE)
  if (pages < 2) return null
  return (
    <div className={css.pages}>
      <Button size="compact-sm" variant="default" disabled={page === 0} onClick={() => onChange((page - 1) * PER_PAGE)}>
        {t('runs.samples.previous')}
      </Button>
      <span className="num">
        {t('runs.samples.page', { page: format.count(page + 1), pages: format.count(pages) })}
      </span>
      <Button
        size="compact-sm"
        variant="default"
        disabled={page >= pages - 1}
        onClick={() => onChange((page + 1) * PER_PAGE)}
      >
        {t('runs.samples.next')}
      </Button>
    </div>
  )
}
