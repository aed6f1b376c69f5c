import { DataRecipe, type DataRef } from '../../main/contract'

/** The recipe of GSM8K, with some of it changed. */
export const recipeOf = (change: Partial<DataRecipe>): DataRecipe =>
  DataRecipe.parse({
    version: 1,
    preset: 'gsm8k',
    layout: 'rl',
    columns: {
      prompt: 'question',
      input: null,
      system: null,
      answer: 'answer',
      chosen: null,
      rejected: null,
      dataSource: null,
    },
    dataSource: 'openai/gsm8k',
    ability: 'math',
    system: '',
    instruction: `Let's think step by step and output the final answer after "####".`,
    answer: { rule: 'hashes', pattern: '', clean: ['space', 'commas'] },
    drop: { noAnswer: false, duplicates: false, leaked: false, longerThan: null },
    sample: { train: null, test: null },
    seed: 42,
    split: { kind: 'none' },
    keep: [],
    ...change,
  })

/** A dataset that is one file or folder. */
export const refOf = (path: string, change: Partial<DataRef> = {}): DataRef => ({
  paths: [path],
  config: null,
  split: null,
  badLines: 'stop',
  ...change,
})

/** What work gets when nobody listens. */
export const quiet = () => ({ signal: new AbortController().signal, progress: () => undefined })
