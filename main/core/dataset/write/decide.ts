import type { DataRecipe, SplitCounts } from '#contract'
import { AppError } from '../../errors'

/** What one pass over a dataset learns of each row; the arrays go by a row's index. */
export interface Survey {
  /** A hash of the question; 0: the row cannot be mapped. */
  questions: BigUint64Array
  /** Why not: a place in `codes` and one more; 0: it can. */
  problems: Uint8Array
  codes: string[]
  /** Tokens of the prompt; null: nobody counted. */
  tokens: Uint32Array | null
}

export const OUT = 0
export const TRAIN = 1
export const TEST = 2

export interface Decision {
  /** OUT, TRAIN or TEST, by index. */
  verdicts: Uint8Array
  train: SplitCounts
  /** null: no row of this dataset is for validation. */
  test: SplitCounts | null
}

/**
 * Which rows are written, and into which split. The same survey, recipe and seed decide the same. `other`: the hashes
 * of the questions that the validation has, when it is a dataset of its own. `only`: this dataset is that validation.
 * Errors: DATA_ROWS_FAIL when the recipe does not let rows drop whose answer is not found.
 */
export function decide(
  survey: Survey,
  recipe: DataRecipe,
  { other = new Set<bigint>(), only = false }: { other?: ReadonlySet<bigint>; only?: boolean } = {},
): Decision {
  const { questions } = survey
  const rows = questions.length
  const verdicts = new Uint8Array(rows).fill(only ? TEST : TRAIN)
  const reasons = new Map<number, string>()
  const drop = (index: number, code: string) => {
    verdicts[index] = OUT
    reasons.set(index, code)
  }
  refuseFailing(survey, recipe)
  if (recipe.split.kind === 'share' && !only) markShare(verdicts, recipe.split.test, recipe.seed)
  const seen = new Set<bigint>()
  const inTest = recipe.drop.leaked && !only ? questionsOf(verdicts, questions, TEST, other) : new Set<bigint>()
  for (let index = 0; index < rows; index += 1) {
    const question = questions[index] ?? 0n
    const problem = survey.problems[index] ?? 0
    if (problem > 0) drop(index, survey.codes[problem - 1] ?? '')
    else if (longer(survey, recipe, index)) drop(index, 'DATA_PROMPT_TOO_LONG')
    else if (recipe.drop.duplicates && seen.has(question)) drop(index, 'DATA_ROW_DUPLICATE')
    else if (verdicts[index] === TRAIN && inTest.has(question)) drop(index, 'DATA_ROW_LEAKED')
    if (recipe.drop.duplicates && verdicts[index] !== OUT) seen.add(question)
  }
  sampleRows(verdicts, TRAIN, only ? null : recipe.sample.train, recipe.seed, drop)
  sampleRows(verdicts, TEST, recipe.sample.test, recipe.seed, drop)
  const hasTest = only || recipe.split.kind === 'share'
  return { verdicts, ...countsOf(verdicts, reasons, only, hasTest) }
}

/** Hashes of the questions of a decided validation, for the rows that must not repeat them. */
export function questionsOf(
  verdicts: Uint8Array,
  questions: BigUint64Array,
  wanted: number,
  others: Iterable<bigint> = [],
): Set<bigint> {
  const found = new Set<bigint>(others)
  for (const [index, verdict] of verdicts.entries()) if (verdict === wanted) found.add(questions[index] ?? 0n)
  return found
}

function refuseFailing({ problems, codes }: Survey, { drop }: DataRecipe): void {
  if (drop.noAnswer) return
  const first = problems.findIndex((problem) => problem > 0)
  if (first < 0) return
  const count = problems.reduce((sum, problem) => sum + (problem > 0 ? 1 : 0), 0)
  throw new AppError('DATA_ROWS_FAIL', { count, row: first, code: codes[(problems[first] ?? 1) - 1] ?? '' })
}

const longer = ({ tokens }: Survey, { drop }: DataRecipe, index: number): boolean =>
  drop.longerThan !== null && tokens !== null && (tokens[index] ?? 0) > drop.longerThan

/** An exact share of all rows, by their places in a shuffled order. */
function markShare(verdicts: Uint8Array, share: number, seed: number): void {
  const count = Math.max(1, Math.round(verdicts.length * share))
  for (const index of smallest(verdicts.length, count, seed, () => true)) verdicts[index] = TEST
}

function sampleRows(
  verdicts: Uint8Array,
  split: number,
  count: number | null,
  seed: number,
  drop: (index: number, code: string) => void,
): void {
  if (count === null) return
  // Another order than that of the share, or the sample would be its edge.
  const kept = new Set(smallest(verdicts.length, count, seed ^ 0x5bd1e995, (index) => verdicts[index] === split))
  for (const [index, verdict] of verdicts.entries())
    if (verdict === split && !kept.has(index)) drop(index, 'DATA_ROW_NOT_SAMPLED')
}

/** The `count` indexes that come first when all are ordered by a hash of seed and index. */
function smallest(rows: number, count: number, seed: number, wanted: (index: number) => boolean): number[] {
  const order: { index: number; place: number }[] = []
  for (let index = 0; index < rows; index += 1) if (wanted(index)) order.push({ index, place: mix(seed, index) })
  return order
    .sort((a, b) => a.place - b.place || a.index - b.index)
    .slice(0, count)
    .map(({ index }) => index)
}

/** 32 bits of seed and index, well mixed (the finaliser of MurmurHash3, public domain). */
function mix(seed: number, index: number): number {
  let bits = (seed ^ Math.imul(index + 1, 0x9e3779b1)) >>> 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}

/** Rows that were dropped before they had a split count for the training, unless all are validation. */
function countsOf(
  verdicts: Uint8Array,
  reasons: ReadonlyMap<number, string>,
  only: boolean,
  hasTest: boolean,
): Pick<Decision, 'train' | 'test'> {
  const written = { [OUT]: 0, [TRAIN]: 0, [TEST]: 0 }
  for (const verdict of verdicts) written[verdict as typeof OUT] += 1
  const dropped: Record<string, number> = {}
  for (const code of reasons.values()) dropped[code] = (dropped[code] ?? 0) + 1
  const counts = (split: typeof TRAIN | typeof TEST, mine: boolean): SplitCounts => ({
    read: written[split] + (mine ? written[OUT] : 0),
    written: written[split],
    dropped: mine ? dropped : {},
  })
  return { train: counts(TRAIN, !only), test: hasTest ? counts(TEST, only) : null }
}
