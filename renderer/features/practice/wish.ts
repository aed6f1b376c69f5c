/** What the contract takes when nothing is said; a test keeps the two equal. */
export const DEFAULT_STEPS = 20
export const MOST_STEPS = 1000

export interface PracticeWish {
  steps: number
  data: string | null
}

export function clampSteps(steps: number | string): number {
  const number = Math.round(Number(steps))
  return Number.isFinite(number) && number > 0 ? Math.min(number, MOST_STEPS) : DEFAULT_STEPS
}
