import { expect, test } from 'vitest'
import type { RemoteReader } from '../../../../main/core/hub/facts/reader'
import { checkTemplate, readTemplate } from '../../../../main/core/hub/facts/template'

const signal = new AbortController().signal
const chatml =
  "{%- for message in messages %}{{- '<|im_start|>' + message.role + '\\n' + message.content + eos_token + '\\n' }}{%- endfor %}{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"

function model(files: Record<string, unknown>): RemoteReader {
  const texts = new Map(
    Object.entries(files).map(([path, value]) => [path, typeof value === 'string' ? value : JSON.stringify(value)]),
  )
  return {
    files: [...texts].map(([path, text]) => ({ path, size: text.length, digest: null })),
    where: (path) => (path === undefined ? 'me/model' : `me/model/${path}`),
    read: (path) => Promise.resolve(Buffer.from(texts.get(path) ?? '')),
    range: () => Promise.reject(new Error('not needed')),
  }
}
const drawn = '<|im_start|>user\n1+1=<|im_end|>\n<|im_start|>assistant\n'

test.each<[string, Record<string, unknown>]>([
  ['in the config', { 'tokenizer_config.json': { chat_template: chatml, eos_token: '<|im_end|>' } }],
  [
    'a token as an object',
    { 'tokenizer_config.json': { chat_template: chatml, eos_token: { content: '<|im_end|>', lstrip: false } } },
  ],
  [
    'a list of them',
    {
      'tokenizer_config.json': {
        chat_template: [
          { name: 'tool_use', template: 'x' },
          { name: 'default', template: chatml },
        ],
        eos_token: '<|im_end|>',
      },
    },
  ],
  [
    'a file, which wins',
    { 'tokenizer_config.json': { chat_template: 'old', eos_token: '<|im_end|>' }, 'chat_template.jinja': chatml },
  ],
  [
    'the older file',
    { 'tokenizer_config.json': { eos_token: '<|im_end|>' }, 'chat_template.json': { chat_template: chatml } },
  ],
])('a question is drawn by the template: %s', async (_name, files) => {
  expect(await checkTemplate(model(files), '1+1=', signal)).toEqual({ text: drawn, findings: [] })
})

test.each<[string, string, string]>([
  ['the template itself refuses', "{{ raise_exception('no user!') }}", 'MODEL_TEMPLATE_BROKEN'],
  ['it is no template', '{% if %}', 'MODEL_TEMPLATE_BROKEN'],
  [
    'it never ends',
    '{% for a in range(1000000) %}{% for b in range(1000000) %}{% set x = a * b %}{% endfor %}{% endfor %}',
    'MODEL_TEMPLATE_BROKEN',
  ],
  ['it loses the question', 'hello', 'MODEL_QUESTION_LOST'],
])('%s: %s', async (_name, template, code) => {
  const { findings } = await checkTemplate(model({ 'chat_template.jinja': template }), '1+1=', signal)
  expect(findings.map((finding) => finding.code)).toEqual([code])
})

test('the date and JSON of a template are as in transformers', async () => {
  const text = "{{ strftime_now('%Y') }} {{ messages[0] | tojson }}"
  const { text: made } = await checkTemplate(model({ 'chat_template.jinja': text }), 'a<b', signal)
  expect(made).toBe(`${new Date().getFullYear()} {"role": "user", "content": "a<b"}`)
})

test('a base model has none', async () => {
  const base = model({ 'tokenizer_config.json': { eos_token: '</s>' } })
  expect(await readTemplate(base, signal)).toBeNull()
  expect((await checkTemplate(base, 'x', signal)).findings).toMatchObject([
    { code: 'MODEL_NO_TEMPLATE', severity: 'info' },
  ])
})
