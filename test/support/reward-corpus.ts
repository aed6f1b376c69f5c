/** Completions and truths as models and datasets write them, and as nobody should: seeded, so that a failure comes again. */
export interface RewardCase {
  truth: string
  completion: string
}

/** mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c; from 0 up to 1. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), state | 1)
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61)
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296
  }
}

class Dice {
  readonly #random: () => number
  constructor(seed: number) {
    this.#random = seeded(seed)
  }
  below(end: number): number {
    return Math.floor(this.#random() * end)
  }
  chance(share: number): boolean {
    return this.#random() < share
  }
  one<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T
  }
  soup(tokens: readonly string[], most: number): string {
    return Array.from({ length: this.below(most + 1) }, () => this.one(tokens)).join('')
  }
  /** One code point more, less or another. */
  mutated(text: string, tokens: readonly string[]): string {
    const points = Array.from(text)
    points.splice(this.below(points.length + 1), this.below(2), ...(this.chance(0.6) ? [this.one(tokens)] : []))
    return points.join('')
  }
}

// White space that only one of Python and JavaScript sees, digits that are none, characters of two UTF-16 units.
const odd = [
  '\u00a0',
  '\ufeff',
  '\x1c',
  '\x1f',
  '\x85',
  '\u2003',
  '\u2028',
  '\u2029',
  '\r',
  '\r\n',
  '\n',
  '\t',
  ' ',
  '  ',
]
const digits = [
  '1',
  '2',
  '42',
  '1,234',
  '-7',
  '3.14',
  '.5',
  '0.5',
  '007',
  '-0',
  '1_000',
  '٤٢',
  '４２',
  '²',
  '①',
  '½',
  '𝟙',
]
const letters = [
  'x',
  'é',
  'e\u0301',
  '中',
  '😀',
  '𝒳',
  'ſ',
  'İ',
  'ß',
  'Σ',
  '_',
  '%',
  '$',
  ',',
  '.',
  '-',
  '+',
  '(',
  ')',
  '/',
  '"',
  "'",
]
const braces = ['{', '}', '{', '}', '\\', '\\\\', '=', 'k = ', 'xyz=', '^', '[', ']']
const latex =
  '\\frac \\tfrac \\dfrac \\sqrt \\left \\right ^\\circ ^{\\circ} \\$ \\% \\\\% \\\\\\% \\! \\; ,\\! {,} \\dots \\ldots \\pi \\text{cm} \\text{ \\text{} \\text{m} \\text{s} \\text{.} \\text{and} ,\\text{and} \\textbf{x} \\textbf{ \\overline{ab} \\overline{ \\mathrm{th} \\text{}^2 \\mbox{ mbox frac sqrt'
    .split(' ')
    .concat([
      '\\text{ cm}',
      '\\text{ ',
      '\\ ',
      ' .',
      '{.',
      '\\text{\n',
      '\\text{\ns}',
      'frac12',
      '\\frac{1}{2}',
      '\\sqrt{3}',
      '.$',
      '$x$',
    ])
const boxes = ['\\boxed', '\\boxed{', '\\boxed{', '\\boxed ', '\\boxed{42}', '\\fbox{', '\\fbox{1}']
const units = ['a ', 'an ', 'square', 'units', 'ways', 'cm', 'dollars', 'degrees', 'sue', 'km', 'points']
const math = [...odd, ...digits, ...digits, ...letters, ...braces, ...latex]

/** A text so long that what follows begins about where the rule stops to look. */
function padded(dice: Dice, text: string, border: number): string {
  if (dice.chance(0.6)) return text
  const length = Array.from(text).length
  const filler = dice.one(['x', '中', '😀', '\n', '. '])
  const behind = dice.chance(0.5) ? Math.max(0, border - length + dice.below(7) - 3) : dice.below(2 * border)
  return filler.repeat(dice.below(border)) + text + filler.repeat(behind)
}

/** A truth that is often what stands in the completion. */
const truthFor = (dice: Dice, answer: string, tokens: readonly string[]) =>
  dice.chance(0.5) ? answer : dice.chance(0.7) ? dice.mutated(answer, tokens) : dice.soup(tokens, 4)

function gsm8k(dice: Dice): RewardCase {
  const answer = dice.chance(0.6) ? dice.one(digits) : dice.soup(digits, 3)
  const lead = () =>
    dice.one([
      '#### ',
      '#### ',
      '####',
      '####  ',
      '#### $',
      '#### \\$',
      '### ',
      '##### ',
      '####\u00a0',
      '####\t',
      '#### -',
    ])
  const tail = dice.one(['', '', '.', ',', '%', ' dollars', '\n', '\r\n', '.\n', ' .', ',000', '<|im_end|>'])
  let text = dice.soup([...odd, ...letters, 'so '], 6) + lead() + answer + tail
  if (dice.chance(0.3)) text += dice.soup(odd, 2) + lead() + dice.one(digits)
  if (dice.chance(0.2)) text = dice.mutated(text, [...odd, ...digits, '#'])
  const truth = dice.chance(0.6) ? answer.replaceAll(',', '') : truthFor(dice, answer, digits)
  return { truth, completion: dice.chance(0.02) ? '' : padded(dice, text, 300) }
}

function mathReward(dice: Dice): RewardCase {
  const answer = dice.soup(math, 6)
  const box = dice.one([
    `\\boxed{${answer}}`,
    `\\boxed{${answer}}`,
    `$\\boxed ${answer}$`,
    `\\boxed{{${answer}}`,
    `\\fbox{${answer}}`,
  ])
  let text =
    dice.soup([...math, ...boxes], dice.chance(0.7) ? 0 : 4) +
    box +
    dice.soup([...math, ...boxes], dice.chance(0.7) ? 0 : 3)
  if (dice.chance(0.2)) text = dice.mutated(text, [...math, ...boxes])
  if (dice.chance(0.1)) text = dice.soup([...math, ...boxes], 12)
  return { truth: truthFor(dice, answer, math), completion: text }
}

function mathDapo(dice: Dice): RewardCase {
  const tokens = [...math, ...units]
  const answer = dice.soup(tokens, 5)
  const name = dice.one([
    'Answer:',
    'Answer: ',
    'answer : ',
    'ANSWER\u2003:\n',
    'Anſwer:',
    'Answer\x1c:\x85',
    'Answer\ufeff:',
    'Answer',
    'Answer:\r\n',
  ])
  let text = dice.one([
    `${name}${answer}`,
    `${name}${answer}`,
    `${name}$${answer}$`,
    `\\boxed{${answer}}`,
    `${name}\\boxed{${answer}}`,
    '[INVALID]',
    `Answer: [INVALID] \\boxed{${answer}}`,
  ])
  if (dice.chance(0.4))
    text = dice.soup([...tokens, ...boxes, name], 5) + text + dice.soup([...tokens, ...boxes, name], 4)
  if (dice.chance(0.2)) text = dice.mutated(text, tokens)
  const truth = dice.chance(0.02) ? '[INVALID]' : truthFor(dice, answer, tokens)
  return { truth, completion: dice.chance(0.02) ? '' : padded(dice, text, dice.one([100, 300])) }
}

function searchQa(dice: Dice): RewardCase {
  const tokens = [
    ...odd,
    ...letters,
    'the',
    'The ',
    'a',
    'A ',
    'an ',
    ' Paris',
    'paris ',
    '2nd',
    'ΟΔΟΣ',
    'ﬁ',
    'ǅ',
    'and',
    'Ⅳ',
  ]
  const answer = dice.soup(tokens, 6)
  const tags = ['<answer>', '</answer>', '<Answer>']
  let text = `<answer>${answer}</answer>`
  if (dice.chance(0.3)) text = dice.soup([...tokens, ...tags], 6) + text + dice.soup([...tokens, ...tags], 4)
  if (dice.chance(0.1)) text += text.repeat(dice.below(14))
  if (dice.chance(0.15)) text = dice.mutated(text, tokens)
  const target = () => truthFor(dice, dice.chance(0.5) ? answer : answer.toLowerCase(), tokens)
  const targets = Array.from({ length: dice.below(4) }, target)
  return {
    truth: JSON.stringify({ target: dice.chance(0.2) ? target() : dice.chance(0.02) ? 5 : targets }),
    completion: text,
  }
}

const makers = { gsm8k, math_reward: mathReward, math_dapo: mathDapo, search_r1_like_qa_em: searchQa }
export type CorpusRule = keyof typeof makers
export const corpusRules = Object.keys(makers) as CorpusRule[]

export function rewardCorpus(rule: CorpusRule, count: number, seed: number): RewardCase[] {
  const dice = new Dice(seed)
  return Array.from({ length: count }, () => makers[rule](dice))
}

/** Answers of a real dataset, and each of them slightly damaged. */
export function damaged(answers: readonly RewardCase[], seed: number): RewardCase[] {
  const dice = new Dice(seed)
  return answers.flatMap(({ truth, completion }) => [
    { truth, completion },
    { truth, completion: dice.mutated(completion, ['.', ',', '$', '#', ' ', '😀']) },
    { truth, completion: completion.replace('#### ', dice.one(['####', '#### $', '\n#### -', '### '])) },
    { truth, completion: completion + dice.one(['.', '\n', ' dollars', ',', '0', '😀'.repeat(290 + dice.below(12))]) },
  ])
}
