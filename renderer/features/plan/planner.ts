import type { AppErrorData, Plan, PlanRequest } from '#contract'
import { toAppError } from '../../api/errors'

/** While somebody types, the plan follows when the hand rests this long. */
export const TYPING_MS = 300

export interface Answer {
  plan: Plan | null
  error: AppErrorData | null
  busy: boolean
}

interface Deps {
  make(request: PlanRequest, signal: AbortSignal): Promise<Plan>
  keep(request: PlanRequest): Promise<unknown>
  show(answer: Partial<Answer>): void
}

export interface Planner {
  ask(request: PlanRequest, after?: number): void
  /** Forgets what was asked; nothing that is still under way will be shown. */
  drop(): void
  /** Nothing of ours is on its way, so what the core holds is newer than what we hold. */
  readonly idle: boolean
}

/** One question at a time: a newer one puts an end to those before it, and only its answer is shown. */
export function createPlanner({ make, keep, show }: Deps): Planner {
  let timer: ReturnType<typeof setTimeout> | null = null
  let current: AbortController | null = null
  let keeping = 0

  function drop(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
    current?.abort()
    current = null
  }

  async function remember(request: PlanRequest): Promise<void> {
    keeping += 1
    // Not kept is no loss while the page is open, and a lost line says so itself.
    await keep(request).catch(() => undefined)
    keeping -= 1
  }

  async function answer(request: PlanRequest, mine: AbortController): Promise<void> {
    try {
      const plan = await make(request, mine.signal)
      if (current === mine) show({ plan, error: null, busy: false })
    } catch (thrown) {
      if (current !== mine) return
      const error = toAppError(thrown)
      // A model that cannot be read has no plan; a fault on the way says nothing about the plan that is shown.
      show({ error, busy: false, ...(error.code === 'INTERNAL' ? {} : { plan: null }) })
    } finally {
      if (current === mine) current = null
    }
  }

  return {
    ask(request, after = 0) {
      drop()
      const mine = new AbortController()
      current = mine
      show({ busy: true })
      timer = setTimeout(() => {
        timer = null
        void remember(request)
        void answer(request, mine)
      }, after)
    },
    drop() {
      drop()
      show({ busy: false })
    },
    get idle() {
      return current === null && keeping === 0
    },
  }
}
