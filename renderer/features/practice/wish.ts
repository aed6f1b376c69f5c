/** What the contract takes when nothing is said; a test keeps the two equal. */
export const DEFAULT_STEPS = 20
export const MOST_STEPS = 1000

export interface PracticeWish {
  steps: number
  data: string | null
}

const defaultWish: PracticeWish = { steps: DEFAULT_STEPS, data: null }
const KEY = 'launchpad.practice'

/** Kept so that continuing a stopped practice means the same practice: a job does not say what it was asked for. */
export function rememberWish(job: string, wish: PracticeWish): void {
  localStorage.setItem(KEY, JSON.stringify({ job, ...wish }))
}

export function wishOf(job: string, kept = localStorage.getItem(KEY)): PracticeWish {
  if (kept === null) return defaultWish
  try {
    const wish: unknown = JSON.parse(kept)
    if (typeof wish !== 'object' || wish === null || !('job' in wish) || wish.job !== job) return defaultWish
    const steps = 'steps' in wish && typeof wish.steps === 'number' ? wish.steps : DEFAULT_STEPS
    return { steps, data: 'data' in wish && typeof wish.data === 'string' ? wish.data : null }
  } catch {
    return defaultWish
  }
}

export function clampSteps(steps: number | string): number {
  const number = Math.round(Number(steps))
  return Number.isFinite(number) && number > 0 ? Math.min(number, MOST_STEPS) : DEFAULT_STEPS
}
