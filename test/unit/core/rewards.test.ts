import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Scored } from '../../../main/contract'
import { words as sentences } from '../../../main/contract/locales'
import { reportOf } from '../../../main/core/dataset/reward/report'
import { loadRewards } from '../../../main/core/dataset/reward/table'

const rewards = await loadRewards(resolve('resources'))
const behind = (text: string, count: number) => text + '😀'.repeat(count)

describe('table of rewards', () => {
  it.each([
    ['openai/gsm8k', 'gsm8k'],
    ['HuggingFaceH4/MATH-500', 'math_reward'],
    ['math', 'math_dapo'],
    ['aime_2024', 'math_dapo'],
    ['searchR1_nq', 'search_r1_like_qa_em'],
    ['numina_cn_k12', 'prime_math'],
    ['apps', 'prime_code'],
    ['hiyouga/geometry3k', 'geo3k'],
  ])('%s is scored by %s', (dataSource, rule) => {
    expect(rewards.ruleFor(dataSource)?.id).toBe(rule)
  })

  it.each(['', 'gsm8k', 'openai/gsm8k ', 'my/aime', 'Math', 'searchR1'])('nothing scores "%s"', (dataSource) => {
    expect(rewards.ruleFor(dataSource)).toBeNull()
  })

  it('knows what an older verl did otherwise', async () => {
    const old = await loadRewards(resolve('resources'), '0.5.0')
    expect(old.ruleFor('math')).toBeNull()
    expect(old.ruleFor('aime24')?.id).toBe('math_dapo')
    expect(rewards.score('math_dapo', '5', '\\boxed{5}').score).toBe(1)
    for (const verl of ['0.5.0', '0.6.0', '0.6.1'])
      expect((await loadRewards(resolve('resources'), verl)).score('math_dapo', '5', '\\boxed{5}').score).toBe(-1)
  })

  it('leaves to verl what needs more than text', () => {
    expect(() => rewards.score('prime_math', '1', '1')).toThrow(/REWARD_NEEDS_ENVIRONMENT/)
    expect(rewards.why('prime_math', '1', '1')).toBeNull()
  })

  it('asks in a prompt for the form that it reads', () => {
    for (const rule of rewards.rules.filter(({ builtIn }) => builtIn)) {
      const sign = { gsm8k: '####', math_reward: '\\boxed{}', math_dapo: 'Answer:', search_r1_like_qa_em: '<answer>' }[
        rule.id
      ]
      expect(rule.instruction).toContain(sign)
    }
  })
})

describe('gold', () => {
  it.each([
    ['gsm8k', '42', 'so it is 42', '#### 42'],
    ['gsm8k', '42', 'It is\n#### 42', 'It is\n#### 42'],
    ['gsm8k', '42', null, '#### 42'],
    ['math_reward', '\\frac{1}{2}', null, '\\boxed{\\frac{1}{2}}'],
    ['math_reward', '5', 'thus $\\boxed{5}$.', 'thus $\\boxed{5}$.'],
    ['math_dapo', "$&$'", '', "Answer: $&$'"],
    ['search_r1_like_qa_em', '{"target":["Paris","París"]}', null, '<answer>Paris</answer>'],
    ['prime_math', '5', 'no box', '\\boxed{5}'],
  ])('of %s', (rule, truth, solution, gold) => {
    expect(rewards.gold(rule, truth, solution)).toBe(gold)
  })

  it('is right where data and rule fit', () => {
    for (const [rule, truth] of [
      ['gsm8k', '-12.5'],
      ['math_reward', 'x^2+{1}'],
      ['math_dapo', '(1, 2)'],
      ['search_r1_like_qa_em', '{"target":"The Ritz"}'],
    ] as const)
      expect(rewards.why(rule, truth, rewards.gold(rule, truth, null)), rule).toBeNull()
  })
})

describe('why a completion is not right', () => {
  it.each([
    ['gsm8k', '42', '', 'REWARD_EMPTY'],
    ['gsm8k', '42', 'It is 42.', 'REWARD_NO_HASHES'],
    ['gsm8k', '42', '####42', 'REWARD_HASHES_NO_SPACE'],
    ['gsm8k', '42', '#### forty-two', 'REWARD_HASHES_NO_NUMBER'],
    ['gsm8k', '42', '#### $42', 'REWARD_DOLLAR_FIRST'],
    ['gsm8k', '42', '#### 42.', 'REWARD_FULL_STOP'],
    ['gsm8k', '42', '#### 42.0', 'REWARD_SAME_NUMBER'],
    ['gsm8k', '42', '#### 43', 'REWARD_NOT_EQUAL'],
    ['gsm8k', '1,234', '#### 1,234', 'REWARD_TRUTH_OUT_OF_REACH'],
    ['gsm8k', '42', '\\boxed{42}', 'REWARD_BOXED_INSTEAD'],
    ['gsm8k', '42', 'Answer: 42', 'REWARD_LINE_INSTEAD'],
    ['gsm8k', '42', behind('#### 42', 294), 'REWARD_ANSWER_TOO_EARLY'],
    ['math_reward', '42', '#### 42', 'REWARD_HASHES_INSTEAD'],
    ['math_reward', '42', 'It is 42.', 'REWARD_NO_BOXED'],
    ['math_reward', '42', '\\boxed{42', 'REWARD_BOXED_OPEN'],
    ['math_reward', '42', '\\boxed42', 'REWARD_BOXED_NO_BRACE'],
    ['math_reward', '42', '\\boxed{$42$}', 'REWARD_DOLLAR'],
    ['math_reward', '42', '\\boxed{42.}', 'REWARD_FULL_STOP'],
    ['math_reward', '1234', '\\boxed{1,234}', 'REWARD_COMMAS'],
    ['math_dapo', '42', '#### 42', 'REWARD_HASHES_INSTEAD'],
    ['math_dapo', '42', 'It is 42.', 'REWARD_NO_ANSWER_LINE'],
    ['math_dapo', '42', 'Answer: 43', 'REWARD_NOT_EQUAL'],
    ['math_dapo', '42', behind('Answer: 42\n', 295), 'REWARD_ANSWER_TOO_EARLY'],
    ['math_dapo', '42', behind('\\boxed{42}', 95), 'REWARD_ANSWER_TOO_EARLY'],
    ['search_r1_like_qa_em', '{"target":["Paris"]}', 'Paris', 'REWARD_NO_ANSWER_TAG'],
    ['search_r1_like_qa_em', '{"target":["Paris"]}', '<answer>Rome</answer>', 'REWARD_NOT_EQUAL'],
    ['search_r1_like_qa_em', 'Paris', '<answer>Paris</answer>', 'REWARD_TRUTH_NO_TARGET'],
    ['search_r1_like_qa_em', '{"target":["a"]}', '<answer>a</answer>'.repeat(11), 'REWARD_TOO_MANY_TAGS'],
  ])('case %# of %s, %s', (rule, truth, completion, code) => {
    const why = rewards.why(rule, truth, completion)
    expect(why?.code).toBe(code)
    for (const language of ['en', 'zh-CN'] as const) {
      const sentence: string = sentences[language].finding[code as 'REWARD_EMPTY']
      const asked = Array.from(sentence.matchAll(/\{\{(\w+)\}\}/g), ([, name]) => name ?? '')
      expect(Object.keys(why?.params ?? {})).toEqual(expect.arrayContaining(asked))
    }
  })

  it.each([
    ['gsm8k', '42', behind('#### 42', 293)],
    ['gsm8k', '1234', '#### 1,234'],
    ['math_reward', '\\frac{1}{2}', '\\boxed{0.5}'],
    ['math_dapo', '42', behind('\\boxed{42}', 90)],
  ])('is no question where it is (%# of %s)', (rule, truth, completion) => {
    expect(rewards.why(rule, truth, completion)).toBeNull()
  })
})

describe('report', () => {
  const row = (index: number, score: number | null): Scored => {
    const reason = score === 1 ? null : { code: 'REWARD_NO_HASHES', severity: 'warning' as const, params: {} }
    return { index, score, truth: '1', found: null, reason }
  }

  it('counts, and shows the first hundred that are not right', async () => {
    const rows = Array.from({ length: 300 }, (_, index) => row(index, index % 2))
    const report = await reportOf(1, rows, false)
    expect(report).toMatchObject({
      rows: 300,
      right: 150,
      scores: [
        [1, 150],
        [0, 150],
      ],
    })
    expect(report.shown.map(({ index }) => index)).toEqual(Array.from({ length: 100 }, (_, at) => 2 * at))
  })

  it('shows all, and a row without a score counts as a row', async () => {
    const report = await reportOf(1, [row(0, 1), row(1, null), row(2, -1)], true)
    expect(report).toMatchObject({
      rows: 3,
      right: 1,
      scores: [
        [1, 1],
        [-1, 1],
      ],
    })
    expect(report.shown).toHaveLength(3)
  })

  it('takes any reward of a function of the user for right', async () => {
    expect(await reportOf(null, [row(0, 0.3), row(1, 0), row(2, -1)], false)).toMatchObject({ rows: 3, right: 1 })
  })
})
