import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import * as z from 'zod'
import { AppError, errnoOf } from '../errors'
import { toVerlRow, type VerlRow } from './gsm8k'

const Line = z.object({ question: z.string().trim().min(1), answer: z.string().min(1) })

/**
 * Reads a GSM8K file (JSON lines with `question` and `answer`) as verl rows. Stops at the first line
 * that cannot be one: DATA_BAD_LINE with file, line and reason. Nothing is skipped in silence.
 */
export async function readProblems(file: string, split: string): Promise<VerlRow[]> {
  const rows: VerlRow[] = []
  let number = 0
  const bad = (detail: string) => new AppError('DATA_BAD_LINE', { file, line: number, detail })
  try {
    for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
      number += 1
      if (line.trim() === '') continue
      const problem = Line.safeParse(parseJson(line, bad))
      if (!problem.success) throw bad(z.prettifyError(problem.error))
      const row = toVerlRow(problem.data, split, rows.length)
      if (row === null) throw bad('the answer has no "#### number"')
      rows.push(row)
    }
  } catch (thrown) {
    if (errnoOf(thrown) === undefined) throw thrown
    throw new AppError('DATA_UNREADABLE', { file, detail: errnoOf(thrown) ?? '' }, thrown)
  }
  if (rows.length === 0) throw new AppError('DATA_EMPTY', { file })
  return rows
}

function parseJson(line: string, bad: (detail: string) => AppError): unknown {
  try {
    return JSON.parse(line)
  } catch (thrown) {
    throw bad(thrown instanceof Error ? thrown.message : 'not JSON')
  }
}
