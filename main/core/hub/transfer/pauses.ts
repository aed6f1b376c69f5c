import type { AppError } from '../../errors'
import { backoffMs, type Backoff } from './backoff'

/** Hosts that asked us to wait, and until when: for every file that would be asked for there. */
export function createPauses(limits: Backoff) {
  const hosts = new Map<string, { until: number; times: number; error: AppError }>()
  return {
    /** `seconds` null: it did not say how long. Returns until when. */
    add(host: string, seconds: number | null, error: AppError): number {
      const times = (hosts.get(host)?.times ?? 0) + 1
      const until = Date.now() + (seconds === null ? backoffMs(limits, times, Math.random()) : seconds * 1000)
      hosts.set(host, { until, times, error })
      return until
    },
    /** Why this host is not asked now, or null. */
    of(host: string, now: number): AppError | null {
      const pause = hosts.get(host)
      return pause !== undefined && pause.until > now ? pause.error : null
    },
  }
}
export type Pauses = ReturnType<typeof createPauses>
