import type { CheckpointView } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'

export const marksOf = ({ whole, best, newest, pinned, adapter, model }: CheckpointView) =>
  [
    ...(whole ? [] : ['broken' as const]),
    ...(best ? ['best' as const] : []),
    ...(newest ? ['newest' as const] : []),
    ...(pinned ? ['pinned' as const] : []),
    ...(adapter ? ['adapter' as const] : []),
    ...(model === null ? [] : ['model' as const]),
  ] satisfies string[]

/** "Step 80 · 0.61 · best": a checkpoint in one line, to choose by. */
export function useCheckpointText(): (one: CheckpointView) => string {
  const { t } = useTranslation()
  const format = useFormat()
  return (one) =>
    [
      t('runs.stepsSoFar', { done: format.count(one.step) }),
      ...(one.score === null ? [] : [format.value(one.score.value)]),
      ...marksOf(one).map((mark) => t(`runs.checkpoints.marks.${mark}`)),
    ].join(' · ')
}
