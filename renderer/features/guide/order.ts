import type { GuideStep } from '#contract'

export const guideOrder: readonly GuideStep[] = ['welcome', 'root', 'machine', 'practice', 'done']

export function neighbour(step: GuideStep, by: 1 | -1): GuideStep {
  return guideOrder[guideOrder.indexOf(step) + by] ?? step
}
