export type Meaning = 'old' | 'pascal' | 'volta' | 'ampere' | 'hopper'

/** What a compute capability says about training; null when it could not be read. */
export function meaningOf(capability: string | null): Meaning | null {
  const number = Number.parseFloat(capability ?? '')
  if (!Number.isFinite(number)) return null
  if (number < 5) return 'old'
  if (number < 7) return 'pascal'
  if (number < 8) return 'volta'
  if (number < 9) return 'ampere'
  // Consumer cards after Hopper share its number range but not its kernels; promise what all of them do.
  return number < 10 ? 'hopper' : 'ampere'
}
