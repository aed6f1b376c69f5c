export interface Backoff {
  /** Before the second try without progress; doubled for each one after it. */
  firstMs: number
  mostMs: number
}

/**
 * How long to wait after so many failures in a row without a byte between them. Half of it is chance, so that
 * connections that failed together do not come back together. `random`: [0, 1).
 */
export function backoffMs({ firstMs, mostMs }: Backoff, failures: number, random: number): number {
  if (failures <= 0) return 0
  const full = Math.min(mostMs, firstMs * 2 ** (failures - 1))
  return full / 2 + (full / 2) * random
}
