import type { Sample } from '#contract'

export interface StepAnswers {
  step: number
  /** In the order of the step's file. */
  answers: Sample[]
  /** Of those that were scored; null: none was. */
  mean: number | null
}

/** Answers to one question by their step, oldest first. */
export function byStep(samples: Sample[]): StepAnswers[] {
  const steps = new Map<number, Sample[]>()
  for (const sample of samples) steps.set(sample.step, [...(steps.get(sample.step) ?? []), sample])
  return [...steps.entries()]
    .sort(([a], [b]) => a - b)
    .map(([step, answers]) => {
      const scores = answers.flatMap(({ score }) => (score === null ? [] : [score]))
      const mean = scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length
      return { step, answers: [...answers].sort((a, b) => a.index - b.index), mean }
    })
}
