import type { Finding } from '#contract'
import { isDigit, lastCharacters, replaceAll, SPACE, strip } from '../python-text'
import { closingBrace } from './boxed'
import { notEqual, otherForm, reason, type Rule, type RuleOptions } from './rule'

/** verl looks no further back for "Answer:", and within that no further for a box. */
const TAIL = 300
const BOX_TAIL = 100
const INVALID = '[INVALID]'
const answerLine = () => new RegExp(`Answer${SPACE}*:${SPACE}*([^\\n]+)`, 'giu')

interface Seen {
  right: boolean
  found: string
  /** Where it was found. */
  where: 'line' | 'box' | 'nowhere'
}

/**
 * verl's math_dapo: the last "Answer: …" line, normalised as in Minerva; the newest reads a \boxed{} where there is no
 * such line. 1 or -1. verl/utils/reward_score/math_dapo.py.
 */
export const mathDapo: Rule = {
  score(truth, completion, options) {
    const seen = look(truth, completion, options)
    return { score: seen.right ? 1 : -1, found: seen.where === 'nowhere' ? null : seen.found }
  },
  why(truth, completion, options) {
    const seen = look(truth, completion, options)
    if (seen.where === 'nowhere') return whyNothing(completion, options)
    return notEqual(seen.found, seen.where === 'line' ? normalise(truth) : truth)
  },
}

function look(truth: string, completion: string, options: RuleOptions): Seen {
  const tail = lastCharacters(completion, TAIL)
  const found = normalise(Array.from(tail.matchAll(answerLine())).at(-1)?.[1] ?? INVALID)
  const right = found === normalise(truth)
  if (found !== INVALID) return { right, found, where: 'line' }
  const box = options['boxedToo'] === false ? null : boxIn(lastCharacters(tail, BOX_TAIL))
  // In a box the bare texts are compared.
  return box === null ? { right, found, where: 'nowhere' } : { right: box === truth, found: box, where: 'box' }
}

function boxIn(text: string): string | null {
  const start = text.lastIndexOf('\\boxed{')
  const end = start < 0 ? -1 : closingBrace(text, start)
  return end < 0 ? null : text.slice(start + '\\boxed{'.length, end)
}

/** In this order: an earlier one makes the text that a later one looks for. */
const replaced: readonly [string, string][] = [
  ['an ', ''],
  ['a ', ''],
  ['.$', '$'],
  ['\\$', ''],
  ['\\ ', ''],
  [' ', ''],
  ['mbox', 'text'],
  [',\\text{and}', ','],
  ['\\text{and}', ','],
  ['\\text{m}', '\\text{}'],
]
const units =
  'square ways integers dollars mph inches hours km units \\ldots sue points feet minutes digits cents degrees cm gm pounds meters meals edges students childrentickets multiples'
const removed: readonly string[] = [
  ...units.split(' '),
  '\\text{s}',
  '\\text{.}',
  '\\text{\ns}',
  '\\text{}^2',
  '\\text{}^3',
  '\\text{\n}',
  '\\text{}',
  '\\mathrm{th}',
  '^\\circ',
  '^{\\circ}',
  '\\;',
  ',\\!',
  '{,}',
  '"',
  '\\dots',
]

/** Python's "." is anything but \n; JavaScript's leaves out \r and two more. */
function normalise(answer: string): string {
  let text = answer.split('=').at(-1) ?? ''
  for (const [old, by] of replaced) text = replaceAll(text, old, by)
  for (const old of removed) text = text.replaceAll(old, '')
  text = text
    .split('\n')
    .map(formulaOf)
    .join('\n')
    .replace(/\\text\{([^\n]*?)\}/gu, '$1')
    .replace(/\\textbf\{([^\n]*?)\}/gu, '$1')
    .replace(/\\overline\{([^\n]*?)\}/gu, '$1')
    .replace(/\\boxed\{([^\n]*)\}/gu, '$1')
    .replace(/frac([^{])([^\n])/gu, 'frac{$1}{$2}')
    .replace(/sqrt([^{])/gu, 'sqrt{$1}')
    .replaceAll('$', '')
  const plain = text.replaceAll(',', '')
  return strip(isDigit(plain) ? plain : text)
}

/** Of a line with a formula, "$…$", only that is left. */
function formulaOf(line: string): string {
  const [, inner, behind] = line.split('$', 3)
  return behind === undefined ? line : `$${inner ?? ''}$`
}

function whyNothing(completion: string, options: RuleOptions): Finding {
  const early = Array.from(completion.matchAll(answerLine())).at(-1)?.[1]
  if (early !== undefined) return reason('REWARD_ANSWER_TOO_EARLY', { found: early, characters: TAIL })
  if (options['boxedToo'] !== false) {
    const box = boxIn(completion)
    if (box !== null) return reason('REWARD_ANSWER_TOO_EARLY', { found: box, characters: BOX_TAIL })
  }
  return otherForm(completion, 'line') ?? reason('REWARD_NO_ANSWER_LINE')
}
