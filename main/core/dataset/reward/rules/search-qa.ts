import { strip, WORD, words } from '../python-text'
import { otherForm, reason, type Rule } from './rule'

/** More than so many tags, and a right answer counts a quarter. */
const MOST_TAGS = 10
const punctuation = /[!-/:-@[-`{-~]/g
const articles = new RegExp(`(?<!${WORD})(?:a|an|the)(?!${WORD})`, 'gu')

/**
 * verl's search_r1_like_qa_em: the last <answer>…</answer>, the same words as one of the targets. The ground truth is
 * `{"target": "…"}` or `{"target": ["…", …]}`: here as JSON text. verl/utils/reward_score/search_r1_like_qa_em.py.
 */
export const searchQa: Rule = {
  score(truth, completion) {
    const found = answerIn(completion)
    const targets = targetsOf(truth)
    if (found === null || targets === null) return { score: 0, found }
    const right = targets.some((target) => normalise(target) === normalise(found))
    return { score: right ? (tooManyTags(completion) ? 0.25 : 1) : 0, found }
  },

  why(truth, completion) {
    const found = answerIn(completion)
    const targets = targetsOf(truth)
    if (targets === null) return reason('REWARD_TRUTH_NO_TARGET', { truth })
    if (found === null) return otherForm(completion, 'tag') ?? reason('REWARD_NO_ANSWER_TAG')
    if (targets.some((target) => normalise(target) === normalise(found)))
      return reason('REWARD_TOO_MANY_TAGS', { most: MOST_TAGS })
    return reason('REWARD_NOT_EQUAL', { found, truth: targets.join(' / ') })
  },

  answerOf: (truth) => targetsOf(truth)?.[0] ?? truth,
}

/** Not by a pattern: a model that repeats "<answer>" for ever would take the square of the time. */
function answerIn(completion: string): string | null {
  let found: string | null = null
  let from = 0
  for (;;) {
    const start = completion.indexOf('<answer>', from)
    const end = start < 0 ? -1 : completion.indexOf('</answer>', start)
    if (end < 0) return found === null ? null : strip(found)
    found = completion.slice(start + '<answer>'.length, end)
    from = end + '</answer>'.length
  }
}

const tooManyTags = (completion: string) =>
  ['<answer>', '</answer>'].some((tag) => completion.split(tag).length - 1 > MOST_TAGS)

/** Small letters, without ASCII punctuation and articles, single spaces. */
const normalise = (text: string) => words(text.toLowerCase().replace(punctuation, '').replace(articles, ' ')).join(' ')

/** null: not what the rule can read; verl's Python raises then. */
function targetsOf(truth: string): string[] | null {
  let target: unknown
  try {
    const value: unknown = JSON.parse(truth)
    target = typeof value === 'object' && value !== null && 'target' in value ? value.target : null
  } catch {
    return null
  }
  if (typeof target === 'string') return [target]
  return Array.isArray(target) && target.every((one) => typeof one === 'string') ? target : null
}
