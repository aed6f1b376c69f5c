import type { Finding } from '#contract'
import type { Score } from '../../types'

/** How an older verl differs; absent: as the newest. See `earlier` in resources/verl/rewards.yaml. */
export type RuleOptions = Readonly<Record<string, boolean>>

/** A rule of verl in TypeScript. Pure: the same texts have the same score. */
export interface Rule {
  score(truth: string, completion: string, options: RuleOptions): Score
  /** Asked only where the score is not the full one. */
  why(truth: string, completion: string, options: RuleOptions): Finding
  /** What the truth looks like in an answer; absent: as it is. */
  answerOf?(truth: string): string
}

/** Texts of a completion in a message stay this short. */
const MOST = 80

export function reason(code: string, params: Finding['params'] = {}): Finding {
  const short = Object.entries(params).map(([name, value]) => [name, typeof value === 'string' ? cut(value) : value])
  return { code, severity: 'warning', params: Object.fromEntries(short) as Finding['params'] }
}

function cut(text: string): string {
  const characters = Array.from(text)
  return characters.length <= MOST ? text : characters.slice(0, MOST).join('') + '…'
}

/** Why two texts are not the same in the eyes of a rule that compares letter by letter. */
export function notEqual(found: string, truth: string): Finding {
  const params = { found, truth }
  const bare = (text: string) => text.replace(/[\s,$]/g, '').replace(/\.$/, '')
  if (found.replace(/\.\s*$/, '') === truth) return reason('REWARD_FULL_STOP', params)
  if (found.replaceAll('$', '') === truth.replaceAll('$', '')) return reason('REWARD_DOLLAR', params)
  if (found.replaceAll(',', '') === truth.replaceAll(',', '')) return reason('REWARD_COMMAS', params)
  const numbers = [Number(bare(found)), Number(bare(truth))]
  if (bare(found) !== '' && numbers[0] === numbers[1]) return reason('REWARD_SAME_NUMBER', params)
  return reason('REWARD_NOT_EQUAL', params)
}

/** Answers in the form that another rule reads; null: there is none. */
export function otherForm(completion: string, wanted: 'hashes' | 'boxed' | 'line' | 'tag'): Finding | null {
  if (completion.trim() === '') return reason('REWARD_EMPTY')
  const boxed = /\\boxed\s*\{[^\n]{0,100}/.exec(completion)?.[0]
  if (wanted !== 'boxed' && boxed !== undefined)
    return reason('REWARD_BOXED_INSTEAD', { wanted: forms[wanted], found: boxed })
  const hashes = /####[^\n]{0,100}/.exec(completion)?.[0]
  if (wanted !== 'hashes' && hashes !== undefined)
    return reason('REWARD_HASHES_INSTEAD', { wanted: forms[wanted], found: hashes })
  const line = /\banswer\s*:[^\n]{0,100}/i.exec(completion)?.[0]
  if (wanted !== 'line' && line !== undefined)
    return reason('REWARD_LINE_INSTEAD', { wanted: forms[wanted], found: line })
  return null
}

const forms = { hashes: '#### 42', boxed: '\\boxed{42}', line: 'Answer: 42', tag: '<answer>42</answer>' }
