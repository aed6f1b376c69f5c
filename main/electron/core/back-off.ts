export interface BackOff {
  /** Something ended after living for `livedMs`: how long to wait before it is started again. */
  next(livedMs: number): number
}

/** Doubles from `first` to `longest`; what lived for a while before it ended starts over. */
export function createBackOff(first: number, longest: number, healthy: number): BackOff {
  let delay = first
  return {
    next(livedMs) {
      if (livedMs >= healthy) delay = first
      const now = delay
      delay = Math.min(delay * 2, longest)
      return now
    },
  }
}
