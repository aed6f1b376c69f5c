import type { PracticeInput } from '#contract'

/**
 * The training options of practice. Small enough for two cores: a step takes a few seconds, and a
 * dozen steps show a curve. The model is a million parameters, so the learning rate may be high.
 */
export function practiceOptions(input: Pick<PracticeInput, 'data'>) {
  return {
    seed: 7,
    problems: { seed: 7, train: 400, test: 64 },
    batchSize: 8,
    numGenerations: 8,
    // A dozen steps see few prompts: seen again and again, sixteen of them show a curve, four hundred none.
    trainRows: input.data === null ? 16 : 64,
    // Real problems are several times longer than ours, and our tokenizer is a small one.
    maxPromptLength: input.data === null ? 160 : 512,
    maxResponseLength: input.data === null ? 96 : 128,
    learningRate: 3e-4,
    temperature: 1,
    beta: 0.001,
  }
}
export type PracticeOptions = ReturnType<typeof practiceOptions>
