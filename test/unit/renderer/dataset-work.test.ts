import { describe, expect, it } from 'vitest'
import type { DataRecipe, RewardRule } from '#contract'
import { blocksOf } from '../../../renderer/features/dataset/tabs/blocks'
import {
  binsOf,
  longest,
  percentOf,
  quantile,
  rowsLost,
  rowsOf,
  scaleEnd,
  type Lengths,
} from '../../../renderer/features/dataset/tabs/lengths'
import { fromPlan, withPromptLimit } from '../../../renderer/features/dataset/tabs/plan'
import { fitOf, isName, nameFrom, rolesOf, ruleOf } from '../../../renderer/features/dataset/tabs/recipe'
import { bySeverity } from '../../../renderer/features/dataset/tabs/severity'
import { recipeWords } from '../../../renderer/features/dataset/tabs/summary'
import { emptyRequest } from '../../../renderer/features/plan/request'
import { recipe } from '../../fixtures/fake-core/dataset-work-scenes'

const lengths: Lengths = [
  [10, 5],
  [20, 90],
  [33, 4],
  [512, 1],
]

describe('a limit on the prompt', () => {
  it.each([
    [512, 0],
    [511, 1],
    [33, 1],
    [32, 5],
    [10, 95],
    [1, 100],
  ])('of %i tokens loses %i of 100 rows', (limit, lost) => expect(rowsLost(lengths, limit)).toBe(lost))

  it('loses nothing at the longest, and something just below', () => {
    expect(rowsLost(lengths, longest(lengths))).toBe(0)
    expect(rowsLost(lengths, longest(lengths) - 1)).toBeGreaterThan(0)
  })

  it('quantiles are lengths that are there', () => {
    expect([quantile(lengths, 0.5), quantile(lengths, 0.95), quantile(lengths, 1)]).toEqual([20, 20, 512])
    expect(quantile([], 0.5)).toBe(0)
  })

  it.each([1, 7, 72, 1000])('%i bins hold every row once', (most) => {
    const bins = binsOf(lengths, most)
    expect(bins.length).toBeLessThanOrEqual(most)
    expect(bins.reduce((sum, { rows }) => sum + rows, 0)).toBe(rowsOf(lengths))
    expect([bins[0]?.from, (bins.at(-1)?.to ?? 0) >= 512]).toEqual([10, true])
  })

  it('a scale ends at or beyond the longest', () => {
    for (const value of [0, 1, 31, 32, 513, 4097]) expect(scaleEnd(value)).toBeGreaterThanOrEqual(value)
  })

  it('no percentage hides a row', () => {
    expect([percentOf(3, 7473), percentOf(1, 1e6), percentOf(999_999, 1e6)]).toEqual([0.04, 0.01, 99.99])
    expect([percentOf(0, 9), percentOf(9, 9), percentOf(0, 0)]).toEqual([0, 100, 0])
  })
})

const rule = (id: string, dataSources: string[], instruction: string): RewardRule => {
  return { id, dataSources, builtIn: true, right: 1, wrong: 0, instruction }
}
const gsm8k = rule('gsm8k', ['openai/gsm8k'], 'the final answer after "####".')
const math = rule('math', ['lighteval/MATH', 'aime_special'], 'within \\boxed{}.')
const dapo = rule('math_dapo', ['aime*'], 'the last line: Answer: $Answer')

describe('the reward', () => {
  it('is chosen by the exact name, then by its beginning', () => {
    const rules = [dapo, gsm8k, math]
    expect(ruleOf(rules, 'aime_special')?.id).toBe('math')
    expect(ruleOf(rules, 'aime2024')?.id).toBe('math_dapo')
    expect(ruleOf(rules, 'my own')).toBeNull()
  })

  it('says what it reads and what the prompt asks for instead', () => {
    expect(fitOf(gsm8k, gsm8k.instruction)).toEqual({ fits: true })
    expect(fitOf(gsm8k, math.instruction)).toEqual({ fits: false, reads: '####', asks: '\\boxed' })
    expect(fitOf(math, '')).toEqual({ fits: false, reads: '\\boxed', asks: null })
    expect(fitOf(null, '')).toEqual({ fits: true })
  })
})

describe('what is typed', () => {
  it('becomes completions, one per block', () => {
    expect(blocksOf('a\n---\nb\n\nc\r\n-----\n\n')).toEqual(['a', 'b\n\nc'])
    expect(blocksOf('#### -3 --- no line of its own')).toHaveLength(1)
    expect(blocksOf(' \n')).toEqual([])
  })

  it.each(['my set', '汉字 数据', '../x', '', 'ok', '-_-', 'ä'.repeat(99)])('a name for %j is a name', (title) =>
    expect(isName(nameFrom(title))).toBe(true),
  )
  it.each(['', '.hidden', 'a/b', 'a b', 'x'.repeat(81)])('%j is none', (name) => expect(isName(name)).toBe(false))
})

describe('a plan', () => {
  it('gives the check what was set by hand, and nothing else', () => {
    const changes = {
      'data.train_batch_size': '64',
      'data.max_prompt_length': 'x',
      'data.filter_overlong_prompts': 'False',
    }
    const said = fromPlan({ ...emptyRequest, model: 'Qwen/Qwen3-0.6B', changes })
    expect(said).toEqual({
      ask: { model: 'Qwen/Qwen3-0.6B', thinking: null },
      batch: 64,
      maxPromptTokens: null,
      filtersOverlong: false,
    })
    expect(fromPlan(null).ask).toBeNull()
  })

  it('takes a limit beside its other changes', () => {
    const next = withPromptLimit({ ...emptyRequest, changes: { other: '1' } }, 300)
    expect(next.changes).toEqual({ other: '1', 'data.max_prompt_length': '300' })
    expect(fromPlan(next).maxPromptTokens).toBe(300)
  })
})

describe('a recipe in words', () => {
  const keys = (change: Partial<DataRecipe>) => recipeWords({ ...recipe, ...change }).map(({ key }) => key)
  it('says what it does, in order', () =>
    expect(keys({})).toEqual(['preset', 'question', 'instruction', 'answer', 'source', 'split']))
  it('says each choice that leaves rows out', () => {
    const drop = { noAnswer: true, duplicates: false, leaked: true, longerThan: 300 }
    expect(keys({ drop, sample: { train: 100, test: null } }).slice(6)).toEqual(['sample', 'drop', 'drop', 'longer'])
  })
  it('of preferences names no reward', () => {
    const columns = { ...recipe.columns, chosen: 'a', rejected: 'b' }
    expect(keys({ layout: 'preference', columns })).toEqual(['preset', 'question', 'instruction', 'pair', 'split'])
    expect(rolesOf({ layout: 'preference' })).not.toContain('dataSource')
  })
})

it('what weighs most comes first', () => {
  const found = (['info', 'error', 'warning', 'error'] as const).map((severity, at) => {
    return { code: `C${at}`, severity, params: {} }
  })
  expect(bySeverity(found).map(({ severity, findings }) => [severity, findings.length])).toEqual([
    ['error', 2],
    ['warning', 1],
    ['info', 1],
  ])
})
