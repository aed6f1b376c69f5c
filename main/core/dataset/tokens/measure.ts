import type { Finding, TokenLengths } from '#contract'
import type { WorkContext } from '../types'
import type { Message, Tokenizer } from './tokenizer'

/** A row of which the prompt is to be measured; null: it could not be mapped. */
export interface Prompt {
  index: number
  messages: Message[] | null
}

/**
 * How long the prompts are, as the run will render them. Rows without a prompt and those at which the template fails
 * are counted; a template that leaves the question out is a finding, for verl would train on nothing (it says nothing
 * of it: verl/utils/dataset/rl_dataset.py:249).
 */
export async function measureTokens(
  prompts: AsyncIterable<Prompt[]>,
  tokenizer: Tokenizer,
  thinking: boolean | null,
  total: number | null,
  context: WorkContext,
): Promise<TokenLengths> {
  const counts = new Map<number, number>()
  const notes = createNotes()
  let [rows, failed, tokens, seen] = [0, 0, 0, 0]
  for await (const batch of prompts) {
    context.signal.throwIfAborted()
    const texts: string[] = []
    for (const { index, messages } of batch) {
      const text = messages === null ? null : draw(tokenizer, messages, thinking, index, notes)
      if (text === null) failed += 1
      else texts.push(text)
    }
    for (const length of await tokenizer.lengths(texts)) {
      counts.set(length, (counts.get(length) ?? 0) + 1)
      tokens += length
      rows += 1
    }
    seen += batch.length
    context.progress(seen, total, 'rows')
  }
  return { rows, failed, tokens, lengths: [...counts].sort(([a], [b]) => a - b), findings: notes.findings() }
}

function draw(
  tokenizer: Tokenizer,
  messages: Message[],
  thinking: boolean | null,
  index: number,
  notes: ReturnType<typeof createNotes>,
): string | null {
  try {
    const text = tokenizer.render(messages, thinking)
    const question = messages.findLast(({ role }) => role === 'user')?.content.trim() ?? ''
    if (!text.includes(question)) notes.add('DATA_TEMPLATE_DROPS_QUESTION', index, {})
    return text
  } catch (thrown) {
    const detail = (thrown instanceof Error ? thrown.message : String(thrown)).split('\n')[0]?.slice(0, 200) ?? ''
    notes.add('DATA_TEMPLATE_FAILS', index, { detail })
    return null
  }
}

/** One finding a code: how many rows, and the first of them. */
function createNotes() {
  const found = new Map<string, { count: number; row: number; params: Finding['params'] }>()
  return {
    add(code: string, row: number, params: Finding['params']) {
      const before = found.get(code)
      if (before === undefined) found.set(code, { count: 1, row, params })
      else before.count += 1
    },
    findings: (): Finding[] =>
      [...found].map(([code, { count, row, params }]) => ({
        code,
        severity: 'error',
        params: { ...params, count, row },
      })),
  }
}
