import type { Finding } from '#contract'
import { firstCharacter, replaceAll } from '../python-text'
import { closingBrace } from './boxed'
import { notEqual, otherForm, reason, type Rule, type RuleOptions } from './rule'

/** Stands for the exceptions of verl's Python, which end in "not equal" or in a comparison of the bare texts. */
class Stumbled extends Error {}

/**
 * verl's math_reward: the last \boxed{} (or \fbox{}, which it then refuses), and both texts normalised as in the
 * evaluation of the MATH dataset. verl/utils/reward_score/math_reward.py.
 */
export const mathReward: Rule = {
  score(truth, completion, options) {
    const found = answerIn(completion)
    return { score: found !== null && isEquivalent(found, truth, options) ? 1 : 0, found }
  },
  why(truth, completion) {
    const found = answerIn(completion)
    return found === null ? whyNothing(completion) : notEqual(found, truth)
  },
}

/** What stands in the last box; null where verl finds none or fails. */
function answerIn(completion: string): string | null {
  // "\boxed 42 $": ends at the next dollar. One such box anywhere, and boxes with braces are not looked at.
  if (completion.includes('\\boxed ')) return completion.split('\\boxed ').at(-1)?.split('$')[0] ?? ''
  const start = completion.lastIndexOf('\\boxed')
  // A \fbox{} is found and then fails, so it is as good as none.
  if (!completion.startsWith('\\boxed{', start)) return null
  const end = closingBrace(completion, start)
  return end < 0 ? null : completion.slice(start + '\\boxed{'.length, end)
}

function isEquivalent(found: string, truth: string, options: RuleOptions): boolean {
  try {
    return normalise(found, options) === normalise(truth, options)
  } catch (thrown) {
    if (!(thrown instanceof Stumbled)) throw thrown
    return found === truth
  }
}

/** Taken out, or replaced, one after the other. */
const replaced: readonly [string, string][] = [
  ['\n', ''],
  ['\\!', ''],
  ['\\\\', '\\'],
  ['tfrac', 'frac'],
  ['dfrac', 'frac'],
  ['\\left', ''],
  ['\\right', ''],
  ['^{\\circ}', ''],
  ['^\\circ', ''],
  ['\\$', ''],
]

function normalise(answer: string, options: RuleOptions): string {
  let text = answer
  for (const [old, by] of replaced) text = replaceAll(text, old, by)
  text = withoutUnit(text)
  if (options['wholePercent'] !== false) text = text.replaceAll('\\\\%', '')
  text = text.replaceAll('\\%', '').replaceAll(' .', ' 0.').replaceAll('{.', '{0.')
  if (text === '') return text
  if (text.startsWith('.')) text = `0${text}`
  const sides = text.split('=')
  // "x = 5": a name of at most two characters in front is not part of the answer.
  if (sides.length === 2 && Array.from(sides[0] ?? '').length <= 2) text = sides[1] ?? ''
  text = bracedFractions(bracedRoots(text).replaceAll(' ', ''))
  return slashFraction(text === '0.5' ? '\\frac{1}{2}' : text)
}

/** "5 \text{ cm}" is "5 "; a unit twice is too much for verl. */
function withoutUnit(text: string): string {
  const parts = text.split('\\text{ ')
  if (parts.length > 2) throw new Stumbled()
  return parts[0] ?? ''
}

/** \sqrt3 is \sqrt{3}; a root at the very end is too much for verl. */
function bracedRoots(text: string): string {
  const [head = '', ...roots] = text.split('\\sqrt')
  const braced = roots.map((root) => {
    const [first, rest] = firstCharacter(root) ?? stumble()
    return first === '{' ? `\\sqrt${root}` : `\\sqrt{${first}}${rest}`
  })
  return head + braced.join('')
}

/** \frac12 is \frac{1}{2}, \frac1{2} too. With one character behind it, everything stays; with none, verl fails. */
function bracedFractions(text: string): string {
  const [head = '', ...fractions] = text.split('\\frac')
  let whole = head
  for (const fraction of fractions) {
    const [above, rest] = firstCharacter(fraction) ?? stumble()
    if (above === '{') {
      whole += `\\frac${fraction}`
      continue
    }
    const second = firstCharacter(rest)
    if (second === null) return text
    const [below, behind] = second
    whole += below === '{' ? `\\frac{${above}}{${behind}` : `\\frac{${above}}{${below}}${behind}`
  }
  return whole
}

/** Whole numbers as Python prints them; it refuses to convert more than 4300 digits. */
const plainFraction = /^(0|-?[1-9][0-9]{0,4299})\/(0|-?[1-9][0-9]{0,4299})$/

const slashFraction = (text: string) => text.replace(plainFraction, '\\frac{$1}{$2}')

function stumble(): never {
  throw new Stumbled()
}

function whyNothing(completion: string): Finding {
  const start = completion.lastIndexOf('\\boxed')
  if (start >= 0 && completion.startsWith('\\boxed{', start))
    return reason('REWARD_BOXED_OPEN', { found: completion.slice(start) })
  if (start >= 0) return reason('REWARD_BOXED_NO_BRACE', { found: completion.slice(start) })
  return otherForm(completion, 'boxed') ?? reason('REWARD_NO_BOXED')
}
