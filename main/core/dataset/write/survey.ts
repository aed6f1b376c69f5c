import { createHash } from 'node:crypto'
import type { Batch, Row, WorkContext } from '../types'
import type { Survey } from './decide'

export interface SurveyParts {
  rows: number
  batches: AsyncIterable<Batch>
  /** The written row, or the code of what is wrong with it. */
  map(row: Row, index: number): { row: Row } | { problem: { code: string } }
  question(row: Row): string
  /** Told of every row that can be mapped. */
  keep(index: number, row: Row): void
  /** Tokens of each prompt of a batch; null: nobody asked. */
  tokens: ((rows: Row[]) => Promise<number[]>) | null
}

/** Looks at every row once and keeps some bytes of each: what is written is decided before anything is. */
export async function surveyRows(parts: SurveyParts, context: WorkContext): Promise<Survey> {
  const { rows, batches, map, question, keep, tokens } = parts
  const survey: Survey = {
    questions: new BigUint64Array(rows),
    problems: new Uint8Array(rows),
    codes: [],
    tokens: tokens === null ? null : new Uint32Array(rows),
  }
  const numberOf = (code: string) => {
    if (!survey.codes.includes(code)) survey.codes.push(code)
    return survey.codes.indexOf(code) + 1
  }
  for await (const { from, rows: batch } of batches) {
    context.signal.throwIfAborted()
    const good: { index: number; row: Row }[] = []
    for (const [at, row] of batch.entries()) {
      const index = from + at
      const mapped = map(row, index)
      if ('problem' in mapped) survey.problems[index] = numberOf(mapped.problem.code)
      else {
        survey.questions[index] = hashOf(question(mapped.row))
        keep(index, mapped.row)
        if (tokens !== null) good.push({ index, row: mapped.row })
      }
    }
    if (tokens !== null && survey.tokens !== null) {
      const lengths = await tokens(good.map(({ row }) => row))
      for (const [at, { index }] of good.entries()) survey.tokens[index] = lengths[at] ?? 0
    }
    context.progress(from + batch.length, rows, 'rows')
  }
  return survey
}

/** Letters' case and white space aside; never 0, which means "none". */
export function hashOf(question: string): bigint {
  const plain = question.toLowerCase().replace(/\s+/g, ' ').trim()
  return createHash('sha1').update(plain).digest().readBigUInt64LE(0) | 1n
}
