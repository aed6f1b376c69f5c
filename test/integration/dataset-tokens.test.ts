import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { measureTokens } from '../../main/core/dataset/tokens/measure'
import { openTokenizer, type Message } from '../../main/core/dataset/tokens/tokenizer'
import { quiet } from '../support/dataset'
import { copyTo, runSql, sums } from '../support/tables'
import { verlPythons, type VerlPythons } from '../support/verl-pythons'

/** Token counts are those of the real transformers, on a real tokenizer that was trained on the spot. */
let pythons: VerlPythons
let python: string
let root: string
let model: string

beforeAll(async () => {
  pythons = await verlPythons(['0.6.1'])
  python = pythons.python('0.6.1')
  root = await mkdtemp(join(tmpdir(), '词元 tokens-'))
  model = join(root, 'tiny 模型')
  const train = join(root, 'train.parquet')
  await runSql(copyTo(sums(64), train, 'FORMAT parquet'))
  run([
    join(resolve('resources'), 'python', 'make_practice_model.py'),
    '--train',
    train,
    '--out',
    model,
    '--warmup-steps',
    '2',
  ])
  await writeFile(join(model, 'chat_template.jinja'), TEMPLATE)
}, 600_000)
afterAll(async () => {
  await pythons.close()
  await rm(root, { recursive: true, force: true })
})

/** With a system message, several turns, and thinking that can be switched off. */
const TEMPLATE = `{%- for message in messages %}
{{- '<|im_start|>' + message['role'] + '\\n' + message['content'] | trim + '<|im_end|>' + '\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}
{%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}
{%- endif %}`

const ASK = `import json, sys
from transformers import AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
more = json.loads(sys.argv[3])
found = []
for messages in json.load(open(sys.argv[2], encoding="utf-8")):
    text = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False, **more)
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    again = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=True, **more)
    again = again if isinstance(again, list) else again["input_ids"]
    assert ids == again, (ids, again)
    found.append({"text": text, "ids": ids})
json.dump(found, open(sys.argv[4], "w", encoding="utf-8"))
`

function run(args: string[]): void {
  const done = spawnSync(python, args, {
    encoding: 'utf8',
    env: { ...process.env, PYTHONPATH: '', HF_HUB_OFFLINE: '1' },
  })
  expect(done.status, done.stderr).toBe(0)
}

async function transformersSay(conversations: Message[][], more: Record<string, boolean>) {
  const [asked, said] = [join(root, 'asked.json'), join(root, 'said.json')]
  await writeFile(asked, JSON.stringify(conversations))
  run(['-c', ASK, model, asked, JSON.stringify(more), said])
  return JSON.parse(await readFile(said, 'utf8')) as { text: string; ids: number[] }[]
}

const pieces = [
  'What is 2+2?',
  '小明有 3 个苹果，又买了 12 个。',
  '👩‍👩‍👧 family, e\u0301 and é, ﬁ',
  'שלום עולם',
  '\\frac{1}{2} + \\sqrt{x^2} = \\boxed{42}',
  '<|im_end|> not the end <|im_start|>',
  'tabs\t\tand    spaces \n\n\n lines ',
  '𝔘𝔫𝔦𝔠𝔬𝔡𝔢 \u200b zero',
  'def f(x):\n    return x ** 2\n',
  '#### 1,234.50',
]
/** Every piece with every other one, as one turn, with a system message, and as several turns. */
const conversations: Message[][] = pieces.flatMap((a, at) => [
  ...pieces.map((b) => [{ role: 'user', content: `${a} ${b}` }]),
  [
    { role: 'system', content: pieces[(at + 3) % pieces.length] ?? '' },
    { role: 'user', content: a },
  ],
  [
    { role: 'user', content: a },
    { role: 'assistant', content: pieces[(at + 1) % pieces.length] ?? '' },
    { role: 'user', content: `${a}${a}` },
  ],
])

describe('token counts', { timeout: 120_000 }, () => {
  it.each([
    ['as the template has it', null, {}],
    ['with thinking off', false, { enable_thinking: false }],
    ['with thinking on', true, { enable_thinking: true }],
  ] as const)('are those of transformers, %s', async (_name, thinking, more) => {
    const tokenizer = await openTokenizer(model)
    const said = await transformersSay(conversations, more)
    const texts = conversations.map((messages) => tokenizer.render(messages, thinking))
    expect(texts).toEqual(said.map(({ text }) => text))
    expect(await tokenizer.lengths(texts)).toEqual(said.map(({ ids }) => ids.length))
    for (const [at, text] of texts.entries()) {
      const found = await tokenizer.pieces(text)
      expect(found.map(({ id }) => id)).toEqual(said[at]?.ids)
      expect(found.map((piece) => piece.text).join('')).toBe(text)
    }
  })

  it('name a template that loses the question, and one that fails', async () => {
    const folder = join(root, 'other')
    const prompts = async function* () {
      yield await Promise.resolve([
        { index: 0, messages: [{ role: 'user', content: 'How many?' }] },
        { index: 1, messages: null },
      ])
    }
    const measured = async (template: string) => {
      await mkdir(folder, { recursive: true })
      await writeFile(join(folder, 'tokenizer.json'), await readFile(join(model, 'tokenizer.json')))
      await writeFile(join(folder, 'chat_template.jinja'), template)
      return measureTokens(prompts(), await openTokenizer(folder), null, 2, quiet())
    }
    expect(await measured('nothing of it')).toMatchObject({
      rows: 1,
      failed: 1,
      findings: [{ code: 'DATA_TEMPLATE_DROPS_QUESTION', params: { count: 1, row: 0 } }],
    })
    expect(await measured("{{ raise_exception('only two turns') }}")).toMatchObject({
      rows: 0,
      failed: 2,
      findings: [{ code: 'DATA_TEMPLATE_FAILS', params: { count: 1, row: 0 } }],
    })
  })

  it('need a tokenizer and a template', async () => {
    const folder = join(root, 'bare')
    await mkdir(folder)
    await expect(openTokenizer(folder)).rejects.toMatchObject({ data: { code: 'TOKENIZER_MISSING' } })
    await writeFile(join(folder, 'tokenizer.json'), await readFile(join(model, 'tokenizer.json')))
    await expect(openTokenizer(folder)).rejects.toMatchObject({ data: { code: 'TOKENIZER_BAD' } })
    await writeFile(join(folder, 'chat_template.jinja'), '{{ messages }}')
    await writeFile(join(folder, 'tokenizer.json'), '{"version":"1.0"}')
    await expect(openTokenizer(folder)).rejects.toMatchObject({ data: { code: 'TOKENIZER_BAD' } })
  })
})
