import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import type { Watching } from '../../../stores/watched'

/** How far something is, in bytes or rows; "": nothing is known yet. */
export function useAmount(progress: Watching<unknown>['progress']): string {
  const { t } = useTranslation()
  const format = useFormat()
  if (progress === null) return ''
  const say = (value: number) => (progress.unit === 'bytes' ? format.bytes(value) : format.count(value))
  const { done, total, unit } = progress
  const amount = total === null ? say(done) : t('common.of', { done: say(done), total: say(total) })
  return unit === 'bytes' ? amount : t('data.look.reading.rows', { amount })
}
