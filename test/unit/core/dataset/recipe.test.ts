import fc from 'fast-check'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { DataColumn, DataRecipe, OpenedData } from '#contract'
import { answerFinder } from '../../../../main/core/dataset/recipe/answer'
import { duckTypes, messagesOf, prepareRecipe } from '../../../../main/core/dataset/recipe/map-row'
import { valueAt } from '../../../../main/core/dataset/recipe/path'
import { loadPresets } from '../../../../main/core/dataset/recipe/presets'
import { exportRecipe, importRecipe } from '../../../../main/core/dataset/recipe/recipe-file'
import { suggest } from '../../../../main/core/dataset/recipe/suggest'
import type { Row } from '../../../../main/core/dataset/types'
import { recipeOf } from '../../../support/dataset'

const find = (rule: DataRecipe['answer']['rule'], clean: DataRecipe['answer']['clean'] = [], pattern = '') =>
  answerFinder({ rule, pattern, clean })

describe('an answer', () => {
  it.each([
    ['so 6*7=42\n#### 42', '42'],
    ['#### 1,234', '1234'],
    ['#### -5', '-5'],
    ['#### 0.5', '0.5'],
    ['the answer is 42', null],
    ['####42', null],
  ])('behind hashes in %j is %j', (text, expected) => {
    expect(find('hashes', ['commas'])(text)).toBe(expected)
  })

  it.each([
    ['\\boxed{42}', '42'],
    ['first \\boxed{1}, then \\boxed{\\frac{1}{2}}.', '\\frac{1}{2}'],
    ['\\fbox{x}', 'x'],
    ['\\boxed{never closed', null],
    ['42', null],
  ])('in a box of %j is %j', (text, expected) => {
    expect(find('boxed')(text)).toBe(expected)
  })

  it('is the last number, thousands and signs with it', () => {
    expect(find('lastNumber')('From 3 to -1,234.5 apples')).toBe('-1,234.5')
    expect(find('lastNumber', ['commas'])('1,000')).toBe('1000')
    expect(find('lastNumber')('none')).toBeNull()
  })

  it('is what a pattern catches, and is cleaned', () => {
    expect(find('regex', ['space', 'fullStop'], 'Answer: (.*)')('Answer:  7 apples. ')).toBe('7 apples')
    expect(find('whole', ['dollar', 'space'])(' $\\$5$ ')).toBe('5')
    expect(() => find('regex', [], '(')).toThrow(/^DATA_PATTERN_BAD /)
  })

  it('of any text is found in time, whatever the rule', () => {
    const rules = ['whole', 'hashes', 'boxed', 'lastNumber', 'none'] as const
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.constantFrom(...rules), (text, rule) => {
        const found = find(rule, ['space', 'commas', 'dollar', 'fullStop', 'boxed'])(text)
        expect(found === null || typeof found === 'string').toBe(true)
      }),
    )
  })
})

it('a path leads into structs and lists; a column of that very name comes first', () => {
  const row: Row = { a: { b: [{ c: 1 }, { c: 2 }] }, 'a.b': 'whole', list: ['x'] }
  expect(valueAt(row, 'a.b')).toBe('whole')
  expect(valueAt({ a: row['a'] ?? null }, 'a.b[-1].c')).toBe(2)
  expect(valueAt(row, 'list[0]')).toBe('x')
  for (const path of ['list[5]', 'list.length', 'a.toString', 'none', 'a.b.c.d', ''])
    expect(valueAt(row, path)).toBeNull()
})

describe('a row', () => {
  const gsm8k = prepareRecipe(recipeOf({}))
  const problem = (row: Row, recipe: Partial<DataRecipe> = {}) => {
    const mapped = prepareRecipe(recipeOf(recipe)).map(row, 0, 'train')
    return 'problem' in mapped ? mapped.problem.code : null
  }

  it("is what verl's own script makes of it, with the truth as text", () => {
    expect(gsm8k.map({ question: 'How many?', answer: 'Two.\n#### 2' }, 3, 'train')).toEqual({
      row: {
        data_source: 'openai/gsm8k',
        prompt: [
          { role: 'user', content: 'How many? Let\'s think step by step and output the final answer after "####".' },
        ],
        ability: 'math',
        reward_model: { style: 'rule', ground_truth: '2' },
        extra_info: { split: 'train', index: 3, answer: 'Two.\n#### 2', question: 'How many?' },
      },
    })
  })

  it.each([
    ['an empty question', { question: '  ', answer: '#### 1' }, 'DATA_PROMPT_EMPTY'],
    ['no question', { answer: '#### 1' }, 'DATA_PROMPT_EMPTY'],
    ['no answer', { question: 'q' }, 'DATA_ANSWER_EMPTY'],
    ['an answer without a number', { question: 'q', answer: 'none' }, 'DATA_ANSWER_NOT_FOUND'],
    ['a number for a question', { question: 3, answer: '#### 1' }, 'DATA_MESSAGES_BAD'],
    [
      'messages without a user',
      { question: [{ role: 'system', content: 'x' }], answer: '#### 1' },
      'DATA_MESSAGES_BAD',
    ],
    ['messages that are none', { question: [{ from: 'human', value: 'x' }], answer: '#### 1' }, 'DATA_MESSAGES_BAD'],
  ] as [string, Row, string][])('with %s is named', (_name, row, code) => {
    expect(problem(row)).toBe(code)
  })

  it('keeps a conversation, and the system prompt comes first, once', () => {
    const said = [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Hi' },
      { role: 'user', content: '1+1?' },
    ]
    const recipe = recipeOf({ system: 'Be brief.', instruction: 'Write #### 2.' })
    const mapped = prepareRecipe(recipe).map({ question: said, answer: '#### 2' }, 0, 'train')
    expect('row' in mapped ? messagesOf(mapped.row) : null).toEqual([
      { role: 'system', content: 'Be brief.' },
      ...said.slice(0, 2),
      { role: 'user', content: '1+1? Write #### 2.' },
    ])
    const own = [{ role: 'system', content: 'Mine' }, ...said]
    const kept = prepareRecipe(recipe).map({ question: own, answer: '#### 2' }, 0, 'train')
    expect('row' in kept ? messagesOf(kept.row)?.[0] : null).toEqual(own[0])
  })

  it('of other layouts is what those tools read', () => {
    const columns = { ...recipeOf({}).columns, prompt: 'prompt', chosen: 'chosen[-1].content', rejected: 'rejected' }
    const preference = prepareRecipe(recipeOf({ layout: 'preference', columns, instruction: '' }))
    const row = { prompt: 'q', chosen: [{ role: 'assistant', content: 'good' }], rejected: 'bad' }
    expect(preference.map(row, 0, 'train')).toEqual({ row: { prompt: 'q', chosen: 'good', rejected: 'bad' } })
    const alpaca = recipeOf({
      layout: 'sft',
      columns: { ...recipeOf({}).columns, prompt: 'instruction', input: 'input', answer: 'output' },
      instruction: '',
    })
    const mapped = prepareRecipe(alpaca).map({ instruction: 'Add', input: '1 and 2', output: '3' }, 0, 'train')
    expect(mapped).toEqual({
      row: {
        messages: [
          { role: 'user', content: 'Add\n1 and 2' },
          { role: 'assistant', content: '3' },
        ],
      },
    })
    expect('row' in mapped ? messagesOf(mapped.row) : null).toEqual([{ role: 'user', content: 'Add\n1 and 2' }])
  })

  it('has the types that verl needs, and those that its kept columns had', () => {
    const columns: DataColumn[] = [
      { name: 'level', type: 'INTEGER', kind: 'number' },
      { name: 'extra_info', type: 'STRUCT("index" DOUBLE, "a b" STRUCT(c BIGINT, d VARCHAR)[])', kind: 'struct' },
    ]
    expect(duckTypes(recipeOf({ keep: ['level', 'extra_info'] }), columns)).toEqual({
      data_source: 'VARCHAR',
      prompt: 'STRUCT("role" VARCHAR, "content" VARCHAR)[]',
      ability: 'VARCHAR',
      reward_model: 'STRUCT("style" VARCHAR, ground_truth VARCHAR)',
      extra_info:
        'STRUCT("level" INTEGER, "index" BIGINT, "a b" STRUCT(c BIGINT, d VARCHAR)[], "split" VARCHAR, "answer" VARCHAR, "question" VARCHAR)',
    })
  })
})

describe('a suggestion', async () => {
  const presets = await loadPresets(resolve('resources'))
  const opened = (row: Row, splits: string[] = []): OpenedData => ({
    name: 'data',
    configs: splits.length === 0 ? [] : [{ name: 'default', splits }],
    config: splits.length === 0 ? null : 'default',
    split: splits[0] ?? null,
    files: [],
    bytes: 1,
    columns: Object.keys(row).map((name) => ({ name, type: 'VARCHAR', kind: 'text' as const })),
    rows: 1,
    findings: [],
  })
  const chat = [{ role: 'user', content: 'q' }]

  it.each([
    ['gsm8k', { question: 'q', answer: 'a\n#### 1' }],
    ['math', { problem: 'p', level: 'Level 1', solution: 'So \\boxed{2}' }],
    ['dapo', { prompt: chat, reward_model: { ground_truth: '34', style: 'rule' }, extra_info: { index: 'a' } }],
    ['alpaca', { instruction: 'Do', input: '', output: 'Done' }],
    [
      'preference',
      { prompt: 'q', chosen: [{ role: 'assistant', content: 'x' }], rejected: [{ role: 'assistant', content: 'y' }] },
    ],
    ['qa', { question: 'q', answer: '12 apples' }],
    ['verl', { data_source: 'math_dapo', prompt: chat, reward_model: { ground_truth: '1' } }],
    ['custom', { left: 'x', right: 'y' }],
  ] as [string, Row][])('of %s', (preset, row) => {
    const { recipe, others } = suggest(opened(row), [row], presets)
    expect(recipe.preset).toBe(preset)
    expect(others.map((one) => one.preset).sort()).toEqual(presets.map((one) => one.preset).sort())
    const mapped = preset === 'custom' ? null : prepareRecipe(recipe).map(row, 0, 'train')
    expect(mapped === null || 'row' in mapped).toBe(true)
  })

  it('takes the validation rows that there are, else a part', () => {
    const row = { question: 'q', answer: '#### 1' }
    expect(suggest(opened(row, ['train', 'validation', 'test']), [row], presets)).toMatchObject({
      test: 'test',
      recipe: { split: { kind: 'given' } },
    })
    expect(suggest(opened(row, ['train']), [row], presets)).toMatchObject({
      test: null,
      recipe: { split: { kind: 'share' } },
    })
  })
})

describe('a recipe file', () => {
  it('comes back as it was', () => {
    const recipe = recipeOf({
      instruction: 'Schreibe\n"####": ja # nein\t汉字',
      keep: ['a: b', '- c'],
      split: { kind: 'share', test: 0.05 },
    })
    expect(importRecipe(exportRecipe(recipe).text)).toEqual(recipe)
  })

  it.each(['', 'a: [', 'version: 2', '- 1', 'version: 1\npreset: other'])(
    'that reads %j is refused with its reason',
    (text) => {
      expect(() => importRecipe(text)).toThrow(/^RECIPE_UNREADABLE /)
    },
  )
})
