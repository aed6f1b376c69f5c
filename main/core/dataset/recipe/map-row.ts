import type { Cell, DataColumn, DataRecipe, Finding } from '#contract'
import type { Row } from '../types'
import { answerFinder } from './answer'
import { valueAt } from './path'

export interface Message {
  role: string
  content: string
}

export interface Mapper {
  /** The row as it is written, or why there is none: DATA_* codes. */
  map(row: Row, index: number, split: 'train' | 'test'): { row: Row } | { problem: Finding }
}

/** Characters of a text that a finding shows. */
const SHOWN = 120

class Unfit extends Error {
  constructor(readonly finding: Finding) {
    super(finding.code)
  }
}

const unfit = (code: string, params: Finding['params'] = {}) => new Unfit({ code, severity: 'error', params })
const shown = (text: string) => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text)

/** A recipe made ready for many rows. Errors: DATA_PATTERN_BAD. */
export function prepareRecipe(recipe: DataRecipe): Mapper {
  const find = answerFinder(recipe.answer)
  const layouts = { rl: rlRow, sft: sftRow, preference: preferenceRow }
  return {
    map(row, index, split) {
      try {
        return { row: layouts[recipe.layout](recipe, find, row, index, split) }
      } catch (thrown) {
        if (thrown instanceof Unfit) return { problem: thrown.finding }
        throw thrown
      }
    },
  }
}

type Find = (text: string) => string | null
type Layout = (recipe: DataRecipe, find: Find, row: Row, index: number, split: string) => Row

/** verl/utils/dataset/rl_dataset.py and examples/data_preprocess/gsm8k.py:68-84 (verl 0.8.0.dev). */
const rlRow: Layout = (recipe, find, row, index, split) => {
  const { question, messages } = promptOf(recipe, row)
  const answer = textAt(row, recipe.columns.answer)
  const truth = answer === null ? null : find(answer)
  if (answer === null || answer.trim() === '') throw unfit('DATA_ANSWER_EMPTY')
  if (truth === null) throw unfit('DATA_ANSWER_NOT_FOUND', { rule: recipe.answer.rule, text: shown(answer) })
  if (truth.trim() === '' && recipe.answer.rule !== 'none') throw unfit('DATA_ANSWER_EMPTY')
  const source = recipe.columns.dataSource === null ? recipe.dataSource : textAt(row, recipe.columns.dataSource)
  return {
    data_source: source ?? recipe.dataSource,
    prompt: messages.map(({ role, content }) => ({ role, content })),
    ability: recipe.ability,
    reward_model: { style: 'rule', ground_truth: truth },
    extra_info: { ...kept(recipe, row), split, index, answer, question },
  }
}

/** verl's SFT trainer reads `messages` (verl/utils/dataset/multiturn_sft_dataset.py:86). */
const sftRow: Layout = (recipe, _find, row) => {
  const { messages } = promptOf(recipe, row)
  const answer = textAt(row, recipe.columns.answer)
  if (answer === null || answer.trim() === '') throw unfit('DATA_ANSWER_EMPTY')
  return {
    messages: [...messages, { role: 'assistant', content: answer }].map((each) => ({ ...each })),
    ...columnsKept(recipe, row),
  }
}

/** The tutorial's layout: no version of verl's RL reads it. */
const preferenceRow: Layout = (recipe, _find, row) => {
  const { question } = promptOf(recipe, row)
  const chosen = textAt(row, recipe.columns.chosen)
  if (chosen === null || chosen.trim() === '') throw unfit('DATA_ANSWER_EMPTY')
  const prompt = recipe.instruction === '' ? question : `${question} ${recipe.instruction}`
  const rejected = recipe.columns.rejected === null ? {} : { rejected: textAt(row, recipe.columns.rejected) }
  return { prompt, chosen, ...rejected, ...columnsKept(recipe, row) }
}

/** The question as text, and the conversation that asks it. */
function promptOf(recipe: DataRecipe, row: Row): { question: string; messages: Message[] } {
  const value = recipe.columns.prompt === null ? null : valueAt(row, recipe.columns.prompt)
  if (value === null) throw unfit('DATA_PROMPT_EMPTY')
  const given = Array.isArray(value) ? messagesIn(value) : null
  if (given === null && typeof value !== 'string')
    throw unfit('DATA_MESSAGES_BAD', { detail: shown(JSON.stringify(value)) })
  const last = given?.findLast(({ role }) => role === 'user')
  if (given !== null && last === undefined) throw unfit('DATA_MESSAGES_BAD', { detail: 'user' })
  const input = textAt(row, recipe.columns.input)
  const text = typeof value === 'string' ? value : (last?.content ?? '')
  const question = input === null || input.trim() === '' ? text : `${text}\n${input}`
  if (question.trim() === '') throw unfit('DATA_PROMPT_EMPTY')
  const content = recipe.instruction === '' ? question : `${question} ${recipe.instruction}`
  const system = textAt(row, recipe.columns.system) ?? recipe.system
  const before = system.trim() === '' ? [] : [{ role: 'system', content: system }]
  if (given === null) return { question, messages: [...before, { role: 'user', content }] }
  const own = given.map((message) => (message === last ? { ...message, content } : message))
  return { question, messages: own.some(({ role }) => role === 'system') ? own : [...before, ...own] }
}

function messagesIn(value: readonly Cell[]): Message[] {
  return value.map((item) => {
    const { role, content } = typeof item === 'object' && item !== null && !Array.isArray(item) ? item : {}
    if (typeof role !== 'string' || typeof content !== 'string')
      throw unfit('DATA_MESSAGES_BAD', { detail: shown(JSON.stringify(item)) })
    return { role, content }
  })
}

function textAt(row: Row, path: string | null): string | null {
  const value = path === null ? null : valueAt(row, path)
  if (value === null || typeof value === 'string') return value
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** `extra_info` of a dataset that has one goes on as it is; every other kept column becomes a field of it. */
function kept({ keep }: DataRecipe, row: Row): Row {
  const fields = keep.flatMap((name) => {
    const value = row[name] ?? null
    if (name === 'extra_info' && typeof value === 'object' && value !== null && !Array.isArray(value))
      return Object.entries(value)
    return name === 'extra_info' ? [] : [[name, value] as const]
  })
  return Object.fromEntries(fields)
}

const columnsKept = ({ keep }: DataRecipe, row: Row): Row =>
  Object.fromEntries(keep.map((name) => [name, row[name] ?? null]))

/** The conversation of a written row that the model answers; null: the layout has none. */
export function messagesOf(row: Row): Message[] | null {
  const value = row['prompt'] ?? row['messages'] ?? null
  if (typeof value === 'string') return [{ role: 'user', content: value }]
  if (!Array.isArray(value)) return null
  const messages = value as unknown as Message[]
  return messages.at(-1)?.role === 'assistant' ? messages.slice(0, -1) : messages
}

const MESSAGES = 'STRUCT("role" VARCHAR, "content" VARCHAR)[]'

/** DuckDB types of the written columns, in their order. `index` must be a 64-bit integer, every text a plain string. */
export function duckTypes(recipe: DataRecipe, columns: readonly DataColumn[]): Record<string, string> {
  const typeOf = (name: string) => columns.find((column) => column.name === name)?.type ?? 'VARCHAR'
  const others = recipe.keep.map((name) => [name, typeOf(name)] as const)
  if (recipe.layout === 'sft') return { messages: MESSAGES, ...Object.fromEntries(others) }
  if (recipe.layout === 'preference') {
    const rejected = recipe.columns.rejected === null ? {} : { rejected: 'VARCHAR' }
    return { prompt: 'VARCHAR', chosen: 'VARCHAR', ...rejected, ...Object.fromEntries(others) }
  }
  const extra = new Map<string, string>()
  for (const [name, type] of others)
    for (const [field, kind] of name === 'extra_info' ? structFields(type) : [[name, type] as const])
      extra.set(field, kind)
  for (const [name, type] of [
    ['split', 'VARCHAR'],
    ['index', 'BIGINT'],
    ['answer', 'VARCHAR'],
    ['question', 'VARCHAR'],
  ] as const)
    extra.set(name, type)
  const fields = [...extra].map(([name, type]) => `"${name.replaceAll('"', '""')}" ${type}`)
  return {
    data_source: 'VARCHAR',
    prompt: MESSAGES,
    ability: 'VARCHAR',
    reward_model: 'STRUCT("style" VARCHAR, ground_truth VARCHAR)',
    extra_info: `STRUCT(${fields.join(', ')})`,
  }
}

/** `STRUCT(a VARCHAR, "b c" STRUCT(d BIGINT))` -> its fields with their types. */
function structFields(type: string): [string, string][] {
  const inner = /^STRUCT\((.*)\)$/s.exec(type)?.[1] ?? ''
  const fields: string[] = []
  let [depth, from, inQuotes] = [0, 0, false]
  for (let at = 0; at <= inner.length; at += 1) {
    const sign = inner[at]
    if (sign === '"') inQuotes = !inQuotes
    if (!inQuotes && sign === '(') depth += 1
    if (!inQuotes && sign === ')') depth -= 1
    if (at === inner.length || (sign === ',' && depth === 0 && !inQuotes)) {
      fields.push(inner.slice(from, at).trim())
      from = at + 1
    }
  }
  return fields.flatMap((field) => {
    const found = /^(?:"((?:[^"]|"")*)"|(\S+))\s+(.*)$/s.exec(field)
    return found === null ? [] : [[(found[1] ?? found[2] ?? '').replaceAll('""', '"'), found[3] ?? '']]
  })
}
