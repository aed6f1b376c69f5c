import { Button } from '@mantine/core'
import { IconArrowBackUp } from '@tabler/icons-react'
import type { PlanRequest } from '#contract'
import { useTranslation } from 'react-i18next'
import { draft } from './draft'

/** How many options differ between two plans. */
function differing(a: PlanRequest['changes'], b: PlanRequest['changes']): number {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => a[key] !== b[key]).length
}

/** What was mended on this page, taken back at once. */
export function Undo({ plan, before }: { plan: PlanRequest; before: PlanRequest }) {
  const { t } = useTranslation()
  const count = differing(plan.changes, before.changes)
  if (count === 0) return null
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      leftSection={<IconArrowBackUp size={15} aria-hidden />}
      aria-label={`${t('runs.preflight.undo')}: ${t('runs.preflight.mended', { count })}`}
      onClick={() => draft({ plan: { ...plan, changes: before.changes } })}
    >
      {t('runs.preflight.undo')}
    </Button>
  )
}
