import type { Cell, DataColumn, Finding } from '#contract'
import type { RlRow, Row } from '../types'
import type { Note } from './notes'

/**
 * A row of a file as verl's RL would take it: verl/utils/dataset/rl_dataset.py and
 * verl/experimental/reward_loop/reward_manager/naive.py (verl 0.8.0.dev). What is wrong with it, and the row where it
 * can be judged further.
 */
export function readRaw(row: Row): { notes: Note[]; row: RlRow | null } {
  if (Object.values(row).every((value) => value === null)) return { notes: [error('DATA_ROW_ALL_NULL')], row: null }
  const notes = [...promptNotes(row['prompt'] ?? null), ...truthNotes(row['reward_model'] ?? null)]
  if (typeof row['data_source'] !== 'string') notes.push(error('DATA_SOURCE_MISSING'))
  if (typeof row['extra_info'] === 'string') notes.push(error('DATA_EXTRA_NOT_STRUCT'))
  return { notes, row: notes.length > 0 ? null : (row as unknown as RlRow) }
}

const error = (code: string, params: Finding['params'] = {}): Note => ({ code, severity: 'error', params })

function promptNotes(prompt: Cell): Note[] {
  if (prompt === null) return [error('DATA_PROMPT_MISSING')]
  // `list("Ann has")` is a list of letters, and a ChatML template draws nothing of them.
  if (typeof prompt === 'string') return [error('DATA_PROMPT_IS_TEXT')]
  if (!Array.isArray(prompt)) return [error('DATA_MESSAGES_BAD', { detail: JSON.stringify(prompt).slice(0, 120) })]
  const bad = prompt.find((item) => !isMessage(item))
  if (bad !== undefined) return [error('DATA_MESSAGES_BAD', { detail: JSON.stringify(bad).slice(0, 120) })]
  const question = (prompt as unknown as RlRow['prompt']).findLast(({ role }) => role === 'user')?.content ?? ''
  return question.trim() === '' ? [error('DATA_PROMPT_EMPTY')] : []
}

const isMessage = (item: Cell): boolean =>
  typeof item === 'object' &&
  item !== null &&
  !Array.isArray(item) &&
  typeof item['role'] === 'string' &&
  typeof item['content'] === 'string'

function truthNotes(model: Cell): Note[] {
  const truth =
    typeof model === 'object' && model !== null && !Array.isArray(model) ? (model['ground_truth'] ?? null) : null
  if (truth === null) return [error('DATA_TRUTH_MISSING')]
  // The rules for search compare with a list of answers in a struct.
  if (typeof truth === 'object') return []
  if (typeof truth !== 'string') return [error('DATA_TRUTH_NOT_TEXT', { type: typeof truth, truth: String(truth) })]
  return truth.trim() === '' ? [error('DATA_TRUTH_EMPTY')] : []
}

/** What the types of the columns give away before any row is read. */
export function columnNotes(columns: readonly DataColumn[]): Note[] {
  const extra = columns.find(({ name }) => name === 'extra_info')
  const notes: Note[] = []
  if (extra !== undefined && /\bindex"? (DOUBLE|FLOAT|DECIMAL)/.test(extra.type))
    notes.push({ code: 'DATA_INDEX_DOUBLE', severity: 'warning', params: { type: extra.type } })
  return notes
}
