import type { Finding } from '#contract'
import { lastCharacters } from '../python-text'
import { notEqual, otherForm, reason, type Rule } from './rule'

/** verl looks no further back: verl/utils/reward_score/gsm8k.py, _SOLUTION_CLIP_CHARS. */
const TAIL = 300
const answers = /#### (-?[0-9.,]+)/g

/** The last "#### number" of the text, without commas; null: there is none. */
const answerIn = (text: string): string | null =>
  Array.from(text.matchAll(answers)).at(-1)?.[1]?.replaceAll(',', '') ?? null

/** verl's gsm8k in its "strict" way, which is the one it is called with. Letters are compared, not numbers. */
export const gsm8k: Rule = {
  score(truth, completion) {
    const found = answerIn(lastCharacters(completion, TAIL))
    return { score: found !== null && found === truth ? 1 : 0, found }
  },

  why(truth, completion) {
    const tail = lastCharacters(completion, TAIL)
    const found = answerIn(tail)
    if (!/^-?[0-9.]+$/.test(truth)) return reason('REWARD_TRUTH_OUT_OF_REACH', { truth, form: '#### -12.5' })
    return found === null ? whyNothing(completion, tail) : notEqual(found, truth)
  },
}

function whyNothing(completion: string, tail: string): Finding {
  const early = answerIn(completion)
  if (early !== null) return reason('REWARD_ANSWER_TOO_EARLY', { found: early, characters: TAIL })
  const behind = Array.from(tail.matchAll(/####([^\n]*)/g)).at(-1)?.[1]
  if (behind === undefined) return otherForm(completion, 'hashes') ?? reason('REWARD_NO_HASHES')
  const found = `####${behind}`
  if (/^\s*-?\s*\\?[$€£¥]/.test(behind)) return reason('REWARD_DOLLAR_FIRST', { found })
  if (/^-?[0-9.,]/.test(behind)) return reason('REWARD_HASHES_NO_SPACE', { found })
  return reason('REWARD_HASHES_NO_NUMBER', { found })
}
