import { setTimeout } from 'node:timers/promises'

export interface Limiter {
  /** Comes back when so many bytes may be taken; null at once, without a limit. */
  take(bytes: number, signal: AbortSignal): Promise<void> | null
}

/** One speed for everything that shares it. The limit is asked each time, so that a change holds at once. */
export function createLimiter(limit: () => number | null, now: () => number = Date.now): Limiter {
  // When the bytes taken so far will have been paid for.
  let paid = 0
  return {
    take(bytes, signal) {
      const perSecond = limit()
      if (perSecond === null) return null
      // A tenth of a second may be taken at once: smoother than a full bucket after each pause.
      paid = Math.max(paid, now() - 100) + (bytes / perSecond) * 1000
      const wait = paid - now()
      return wait <= 0 ? null : setTimeout(wait, undefined, { signal })
    },
  }
}
