import type { RenderedPrompt } from '#contract'
import { Template } from '@huggingface/jinja'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Tokenizer as RustTokenizer } from 'tokenizers'
import * as z from 'zod'
import { AppError } from '../../errors'
import { folderReader } from '../../hub/facts/reader'
import { readTemplate } from '../../hub/facts/template'

export interface Message {
  role: string
  content: string
}

/** A model's own tokenizer and chat template. */
export interface Tokenizer {
  /** The folder. */
  name: string
  /** As verl's apply_chat_template with add_generation_prompt. Errors: the template's own. */
  render(messages: readonly Message[], thinking: boolean | null): string
  /** Tokens of rendered texts: no special token is added to what the template wrote. */
  lengths(texts: readonly string[]): Promise<number[]>
  /** The texts of the pieces together are `text`; a token that ends within a character has "", its first one has it. */
  pieces(text: string): Promise<RenderedPrompt['tokens']>
}

/** So many texts go to the library at once: it uses all processors then (measured: two and a half times as quick as one by one). */
const BATCH = 512
const plain = { addSpecialTokens: false }

const Added = z.object({
  added_tokens: z.array(z.object({ id: z.number(), special: z.boolean() })).default([]),
})

/**
 * Opens tokenizer.json and the chat template of a model's folder. Nothing of it is run but the template, in the
 * library's own interpreter. Errors: TOKENIZER_MISSING, TOKENIZER_BAD.
 */
export async function openTokenizer(folder: string): Promise<Tokenizer> {
  const file = join(folder, 'tokenizer.json')
  if (!(await isFile(file))) throw new AppError('TOKENIZER_MISSING', { model: folder })
  const bad = (thrown: unknown) => new AppError('TOKENIZER_BAD', { model: folder, detail: firstLine(thrown) }, thrown)
  const source = await readTemplate(await folderReader(folder), new AbortController().signal)
  if (source === null) throw bad(new Error('no chat template'))
  const library = await import('tokenizers')
  let rust: RustTokenizer
  let template: Template
  try {
    rust = library.Tokenizer.fromFile(file)
    // Some files carry the padding of the batch that they were saved with.
    rust.disablePadding()
    rust.disableTruncation()
    template = new Template(source.text)
  } catch (thrown) {
    throw bad(thrown)
  }
  let special: Promise<Set<number>> | null = null

  return {
    name: folder,
    render(messages, thinking) {
      const said = thinking === null ? {} : { enable_thinking: thinking }
      return template.render({ ...source.tokens, ...said, messages: [...messages], add_generation_prompt: true })
    },
    async lengths(texts) {
      const found: number[] = []
      for (let from = 0; from < texts.length; from += BATCH) {
        const encodings = await rust.encodeBatch(texts.slice(from, from + BATCH), plain)
        for (const encoding of encodings) found.push(encoding.getLength())
      }
      return found
    },
    async pieces(text) {
      const encoding = await rust.encode(text, null, plain)
      const ids = encoding.getIds()
      const specials = await (special ??= specialIds(file))
      const texts = cut(text, encoding.getOffsets())
      return ids.map((id, at) => ({ id, text: texts[at] ?? '', special: specials.has(id) }))
    },
  }
}

/** Offsets count characters (code points). A character of several tokens is that of the first; gaps go to who follows. */
function cut(text: string, offsets: readonly number[][]): string[] {
  const characters = [...text]
  let done = 0
  const pieces = offsets.map((offset) => {
    const end = Math.max(done, offset[1] ?? 0)
    const piece = characters.slice(done, end).join('')
    done = end
    return piece
  })
  const rest = characters.slice(done).join('')
  if (rest !== '' && pieces.length > 0) pieces[pieces.length - 1] += rest
  return pieces
}

async function specialIds(file: string): Promise<Set<number>> {
  const { added_tokens } = Added.parse(JSON.parse(await readFile(file, 'utf8')))
  return new Set(added_tokens.filter(({ special }) => special).map(({ id }) => id))
}

const isFile = (path: string) =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  )

const firstLine = (thrown: unknown) =>
  (thrown instanceof Error ? thrown.message : String(thrown)).split('\n')[0]?.slice(0, 300) ?? ''
