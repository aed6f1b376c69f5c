import type { Finding } from '#contract'
import { Template } from '@huggingface/jinja'
import { runInNewContext } from 'node:vm'
import * as z from 'zod'
import { readJson } from '../../plan/model-files'
import { has, type RemoteReader } from './reader'

/** A model's own chat template, and the special tokens it may name. */
export interface ChatTemplate {
  text: string
  tokens: Record<string, string>
}

const JINJA = 'chat_template.jinja'
const JSON_FILE = 'chat_template.json'
const CONFIG = 'tokenizer_config.json'
/** A template is foreign code that may loop: drawing a question takes milliseconds. */
const DRAW_MS = 2_000

const Named = z.array(z.object({ name: z.string(), template: z.string() }))
const Templates = z.union([z.string(), Named]).nullish().catch(null)
const Token = z
  .union([z.string(), z.looseObject({ content: z.string() })])
  .nullish()
  .catch(null)
const special = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token'] as const

const TokenizerConfig = z.looseObject({
  chat_template: Templates,
  ...(Object.fromEntries(special.map((name) => [name, Token])) as Record<(typeof special)[number], typeof Token>),
})

/**
 * In transformers' order (tokenization_utils_base.py): chat_template.jinja wins over the field of
 * tokenizer_config.json; chat_template.json is the older form that processors have. Of a list, "default" is taken.
 * null: it has none. Errors: MODEL_CONFIG_BAD, those of the hub.
 */
export async function readTemplate(reader: RemoteReader, signal: AbortSignal): Promise<ChatTemplate | null> {
  const raw = has(reader, CONFIG) ? await readJson(reader, CONFIG, signal) : {}
  const config = TokenizerConfig.safeParse(raw).data
  const tokens = Object.fromEntries(
    special.flatMap((name) => {
      const token = config?.[name]
      return token == null ? [] : [[name, typeof token === 'string' ? token : token.content]]
    }),
  )
  const text = has(reader, JINJA)
    ? (await reader.read(JINJA, signal)).toString('utf8')
    : (chosen(config?.chat_template) ??
      (has(reader, JSON_FILE)
        ? chosen(
            z.looseObject({ chat_template: Templates }).safeParse(await readJson(reader, JSON_FILE, signal)).data
              ?.chat_template,
          )
        : null))
  return text === null ? null : { text, tokens }
}

function chosen(templates: z.infer<typeof Templates>): string | null {
  if (templates == null || typeof templates === 'string') return templates ?? null
  return templates.find(({ name }) => name === 'default')?.template ?? null
}

/**
 * What the model would see of a user's question, as transformers' apply_chat_template draws it with
 * add_generation_prompt. Errors: the template's own, in its words.
 */
export function drawQuestion(template: ChatTemplate, question: string): string {
  const draw = () =>
    new Template(template.text).render({
      ...template.tokens,
      messages: [{ role: 'user', content: question }],
      add_generation_prompt: true,
    })
  // Only the clock of `vm` is wanted here: it also ends what runs outside of the new context.
  return z.string().parse(runInNewContext('draw()', { draw }, { timeout: DRAW_MS }))
}

/** Draws a question and says what is wrong with the template. `text` null: there is nothing to show. */
export async function checkTemplate(reader: RemoteReader, question: string, signal: AbortSignal) {
  const model = reader.where()
  const finding = (code: string, severity: Finding['severity'], params: Finding['params'] = {}) => ({
    text: null,
    findings: [{ code, severity, params: { model, ...params } }],
  })
  try {
    const template = await readTemplate(reader, signal)
    if (template === null) return finding('MODEL_NO_TEMPLATE', 'info')
    const text = drawQuestion(template, question)
    return text.includes(question) ? { text, findings: [] } : { ...finding('MODEL_QUESTION_LOST', 'warning'), text }
  } catch (thrown) {
    signal.throwIfAborted()
    // An error of another context is no instance of ours.
    const message = z.object({ message: z.string() }).safeParse(thrown).data?.message ?? String(thrown)
    return finding('MODEL_TEMPLATE_BROKEN', 'info', { detail: message.slice(0, 300) })
  }
}
