import type { DataRecipe } from '#contract'
import { RE2JS } from 're2js'
import { AppError } from '../../errors'

type Answer = DataRecipe['answer']

/**
 * Finds the answer in a text, as a recipe says. null: the rule sees none. Errors: DATA_PATTERN_BAD, at once.
 */
export function answerFinder({ rule, pattern, clean }: Answer): (text: string) => string | null {
  const find = finders[rule](pattern)
  const cleaned = clean.map((name) => cleaners[name])
  return (text) => {
    const found = find(text)
    return found === null ? null : cleaned.reduce((value, each) => each(value), found)
  }
}

type Find = (text: string) => string | null

const finders: Record<Answer['rule'], (pattern: string) => Find> = {
  whole: () => (text) => text,
  none: () => () => '',
  // As verl's own script takes it (examples/data_preprocess/gsm8k.py:27, verl 0.8.0.dev).
  hashes: () => (text) => /#### (-?[0-9.,]+)/.exec(text)?.[1] ?? null,
  boxed: () => lastBoxed,
  lastNumber: () => (text) => text.match(/-?\d[\d,]*(?:\.\d+)?/g)?.at(-1) ?? null,
  regex: (pattern) => {
    const compiled = compile(pattern)
    return (text) => {
      const matcher = compiled.matcher(text)
      if (!matcher.find()) return null
      return (matcher.groupCount() > 0 ? matcher.group(1) : null) ?? matcher.group()
    }
  },
}

/** RE2's syntax: its time grows with the text alone, whatever the pattern, and a recipe may be somebody else's. */
function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern)
  } catch (thrown) {
    throw new AppError('DATA_PATTERN_BAD', { pattern, detail: thrown instanceof Error ? thrown.message : '' }, thrown)
  }
}

/** What stands in the last \boxed{...} or \fbox{...}, braces within braces counted. */
function lastBoxed(text: string): string | null {
  const start = Math.max(text.lastIndexOf('\\boxed{'), text.lastIndexOf('\\fbox{'))
  if (start < 0) return null
  const from = text.indexOf('{', start) + 1
  let depth = 1
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1
    else if (text[at] === '}') depth -= 1
    if (depth === 0) return text.slice(from, at)
  }
  return null
}

const cleaners: Record<Answer['clean'][number], (text: string) => string> = {
  space: (text) => text.trim(),
  commas: (text) => text.replaceAll(',', ''),
  dollar: (text) => text.replaceAll('\\$', '').replaceAll('$', ''),
  fullStop: (text) => text.replace(/[.。]\s*$/, ''),
  boxed: (text) => lastBoxed(text) ?? text,
}
