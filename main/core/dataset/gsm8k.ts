/**
 * GSM8K rows as verl's own script writes them: examples/data_preprocess/gsm8k.py:27-84 (verl 0.8.0.dev).
 */

export interface Problem {
  question: string
  answer: string
}

/** Column types as DuckDB spells them; `index` must be a 64-bit integer and every text a plain string. */
export const verlColumns = {
  data_source: 'VARCHAR',
  prompt: 'STRUCT("role" VARCHAR, "content" VARCHAR)[]',
  ability: 'VARCHAR',
  reward_model: 'STRUCT("style" VARCHAR, ground_truth VARCHAR)',
  extra_info: 'STRUCT(split VARCHAR, "index" BIGINT, answer VARCHAR, question VARCHAR)',
} as const

export interface VerlRow {
  data_source: string
  prompt: { role: string; content: string }[]
  ability: string
  reward_model: { style: string; ground_truth: string }
  extra_info: { split: string; index: number; answer: string; question: string }
}

/** Asks for what the gsm8k reward reads: `#### 42`. A \boxed{} here would score 0 for ever. */
const INSTRUCTION = `Let's think step by step and output the final answer after "####".`

/** The number behind `####`, without thousands separators; null when the answer has none. */
export function groundTruth(answer: string): string | null {
  return /#### (-?[0-9.,]+)/.exec(answer)?.[1]?.replaceAll(',', '') ?? null
}

/** The row verl reads. null when the answer holds no ground truth. */
export function toVerlRow(problem: Problem, split: string, index: number): VerlRow | null {
  const truth = groundTruth(problem.answer)
  if (truth === null) return null
  return {
    data_source: 'openai/gsm8k',
    prompt: [{ role: 'user', content: `${problem.question} ${INSTRUCTION}` }],
    ability: 'math',
    // A string on purpose: the rule compares text, and an integer column would never be equal.
    reward_model: { style: 'rule', ground_truth: truth },
    extra_info: { split, index, answer: problem.answer, question: problem.question },
  }
}
