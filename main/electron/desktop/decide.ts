import type { Notice } from '#contract'
import type { News, TrainingNews } from '../core/messages'
import { fill, type HostWords } from '../words'

/**
 * The notices to announce: those that came since this app was started and were not announced. What is older was
 * announced by the app that ran then, or nobody was there and it is not news any more.
 */
export const unannounced = (notices: Notice[], announced: ReadonlySet<string>, since: number): Notice[] =>
  notices.filter(({ id, at }) => at >= since && !announced.has(id))

/** Trainings on other machines do not need this one awake. */
export const keepsAwake = ({ trainings }: Pick<News, 'trainings'>): boolean => trainings.some(({ here }) => here)

/** For the taskbar: a part of one, 2 for "no end is known" (as `setProgressBar` has it), -1 for none. */
export function taskbarProgress(trainings: TrainingNews[]): number {
  if (trainings.length === 0) return -1
  const parts = trainings.map(partOf)
  const known = parts.filter((part) => part !== null)
  return known.length === 0 ? 2 : known.reduce((sum, part) => sum + part, 0) / known.length
}

function partOf({ step, planned }: TrainingNews): number | null {
  if (planned === null || planned === 0) return null
  return Math.min(1, (step ?? 0) / planned)
}

/** "first: step 3 of 60 (5 %)" */
export function trainingLine(training: TrainingNews, words: HostWords): string {
  const { name, step, planned } = training
  if (step === null) return fill(words.trainingStarts, { name })
  if (planned === null) return fill(words.trainingAt, { name, step })
  return fill(words.trainingOf, { name, step, planned, percent: Math.floor(100 * (partOf(training) ?? 0)) })
}

/** At most as long as Windows shows (127 characters). */
export function tooltip(trainings: TrainingNews[], words: HostWords): string {
  if (trainings.length === 0) return words.idle
  const text = [words.training, ...trainings.map((one) => trainingLine(one, words))].join('\n')
  return text.length <= 127 ? text : `${text.slice(0, 126)}…`
}
