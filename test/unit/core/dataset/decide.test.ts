import { describe, expect, test } from 'vitest'
import { decide, OUT, questionsOf, TEST, TRAIN, type Survey } from '../../../../main/core/dataset/write/decide'
import { recipeOf } from '../../../support/dataset'

/** Rows by the number of their question; 0: the row cannot be mapped. */
function survey(questions: number[], tokens: number[] | null = null): Survey {
  return {
    questions: BigUint64Array.from(questions, BigInt),
    problems: Uint8Array.from(questions, (question) => (question === 0 ? 1 : 0)),
    codes: ['DATA_ANSWER_NOT_FOUND'],
    tokens: tokens === null ? null : Uint32Array.from(tokens),
  }
}

const many = survey(Array.from({ length: 1000 }, (_, index) => index + 1))

describe('which rows are written', () => {
  test('all of them, when nothing is said', () => {
    const { verdicts, train, test } = decide(survey([1, 2, 2, 3]), recipeOf({}))
    expect([...verdicts]).toEqual([TRAIN, TRAIN, TRAIN, TRAIN])
    expect(train).toEqual({ read: 4, written: 4, dropped: {} })
    expect(test).toBeNull()
  })

  test('rows that cannot be mapped stop everything, with the first one named', () => {
    expect(() => decide(survey([1, 0, 0]), recipeOf({}))).toThrow(
      expect.objectContaining({
        data: { code: 'DATA_ROWS_FAIL', params: { count: 2, row: 1, code: 'DATA_ANSWER_NOT_FOUND' } },
      }),
    )
  })

  test('unless they may be left out; each reason is counted', () => {
    const drop = { noAnswer: true, duplicates: true, leaked: true, longerThan: 10 }
    const rows = survey([1, 0, 1, 2, 3, 4], [5, 0, 5, 11, 5, 5])
    const { verdicts, train } = decide(rows, recipeOf({ drop }), { other: new Set([3n]) })
    expect([...verdicts]).toEqual([TRAIN, OUT, OUT, OUT, OUT, TRAIN])
    expect(train).toEqual({
      read: 6,
      written: 2,
      dropped: {
        DATA_ANSWER_NOT_FOUND: 1,
        DATA_ROW_DUPLICATE: 1,
        DATA_PROMPT_TOO_LONG: 1,
        DATA_ROW_LEAKED: 1,
      },
    })
  })

  test('a share for validation is exact, the same for a seed, and another for another', () => {
    const share = recipeOf({ split: { kind: 'share', test: 0.1 } })
    const first = decide(many, share)
    expect(first.test?.written).toBe(100)
    expect(first.train.written).toBe(900)
    expect(decide(many, share).verdicts).toEqual(first.verdicts)
    expect(decide(many, { ...share, seed: 7 }).verdicts).not.toEqual(first.verdicts)
  })

  test('a question in both parts of a share is taken out of the training', () => {
    const twice = survey(Array.from({ length: 200 }, (_, index) => (index % 100) + 1))
    const drop = { noAnswer: false, duplicates: false, leaked: true, longerThan: null }
    const { verdicts } = decide(twice, recipeOf({ drop, split: { kind: 'share', test: 0.2 } }))
    const inTest = questionsOf(verdicts, twice.questions, TEST)
    for (const question of questionsOf(verdicts, twice.questions, TRAIN)) expect(inTest).not.toContain(question)
  })

  test('a sample has exactly so many rows, spread over the file, after the drops', () => {
    const sample = { train: 50, test: null }
    const { verdicts, train } = decide(many, recipeOf({ sample }))
    expect(train.written).toBe(50)
    const places = [...verdicts].flatMap((verdict, index) => (verdict === TRAIN ? [index] : []))
    expect(Math.min(...places)).toBeLessThan(200)
    expect(Math.max(...places)).toBeGreaterThan(800)
  })

  test('a dataset that is the validation has its own sample and no share', () => {
    const recipe = recipeOf({ split: { kind: 'given' }, sample: { train: 1, test: 20 } })
    const { train, test } = decide(many, recipe, { only: true })
    expect(test).toEqual({ read: 1000, written: 20, dropped: { DATA_ROW_NOT_SAMPLED: 980 } })
    expect(train.written).toBe(0)
  })
})
