import type { Evidence } from '#contract'
import { createLineReader, type LogLine } from './lines'
import { plainLine, type PlainLine } from './plain-line'
import type { Knowledge } from './signatures'
import { createTracebacks, errorLiterals, type ErrorBlock } from './tracebacks'

/** A signature's text, met once. */
export interface Match {
  /** Its place in the knowledge. */
  signature: number
  evidence: Evidence
  params: Record<string, string>
  source: string
  /** The exception it is the message of; null: a line of its own. */
  block: ErrorBlock | null
}

/** What one start of a training said; everything the verdict needs, in constant memory. */
export interface LogFacts {
  matches: Match[]
  /** How often each signature was met, by its place. */
  times: ReadonlyMap<number, number>
  errors: ErrorBlock[]
  /** Line of the newest sign of progress (a step), and the step; 0: none. */
  progressLine: number
  /** Line where it said that all is done; 0: it did not. */
  successLine: number
  starts: number
  lines: number
  bytes: number
}

/** Of each signature the first ones and the newest are kept. */
const KEEP_FIRST = 4
const KEEP_ERRORS = 40
const SHOWN = 600

export function createLogReader(knowledge: Knowledge) {
  let facts = nothing()
  const tracebacks = createTracebacks((block) => addError(block))
  const reader = createLineReader([...knowledge.literals, ...errorLiterals], {
    wantsAll: tracebacks.areOpen,
    line: read,
  })

  function addError(block: ErrorBlock): void {
    if (facts.errors.length < KEEP_ERRORS) facts.errors.push(block)
    // The first of many and the newest tell most.
    else {
      facts.errors.splice(KEEP_ERRORS / 2, 1)
      facts.errors.push(block)
    }
  }

  function read(line: LogLine): void {
    const plain = plainLine(line.text)
    if (plain.text === '' || has(knowledge.marks.echo, plain.text)) return
    const evidence = { line: line.number, offset: line.offset, text: plain.text.slice(0, SHOWN) }
    if (line.literals.length > 0 && has(knowledge.marks.launch, plain.text)) {
      tracebacks.close()
      facts = { ...nothing(), starts: facts.starts + 1 }
    }
    const place = tracebacks.line(plain, evidence)
    if (line.literals.length === 0 || place.isSource) return
    if (has(knowledge.marks.progress, plain.text)) facts.progressLine = line.number
    if (has(knowledge.marks.success, plain.text)) facts.successLine = line.number
    for (const signature of new Set(line.literals.flatMap((literal) => knowledge.owners[literal] ?? [])))
      tryOne(signature, plain, evidence, place.block)
  }

  function tryOne(index: number, plain: PlainLine, evidence: Evidence, block: ErrorBlock | null): void {
    const { patterns, frames } = knowledge.signatures[index] ?? { patterns: [], frames: null }
    if (frames !== null && !(block?.frames.some((frame) => frames.test(frame)) ?? false)) return
    for (const { regex, names } of patterns) {
      const matcher = regex.matcher(plain.text)
      if (!matcher.find()) continue
      const params: Record<string, string> = {}
      for (const name of names) {
        const value = matcher.group(name)
        if (value !== null && value !== undefined) params[name] = value.slice(0, 200)
      }
      add({ signature: index, evidence, params, source: plain.source, block })
      return
    }
  }

  function add(match: Match): void {
    const times = (facts.times.get(match.signature) ?? 0) + 1
    facts.times.set(match.signature, times)
    if (times > KEEP_FIRST + 1) {
      const newest = facts.matches.findLastIndex(({ signature }) => signature === match.signature)
      facts.matches.splice(newest, 1)
    }
    facts.matches.push(match)
  }

  return {
    feed: reader.feed,
    end(): LogFacts {
      const size = reader.end()
      tracebacks.close()
      return { ...facts, ...size }
    },
  }
}

const nothing = () => ({
  matches: [] as Match[],
  times: new Map<number, number>(),
  errors: [] as ErrorBlock[],
  ...{ progressLine: 0, successLine: 0, starts: 1, lines: 0, bytes: 0 },
})

const has = (patterns: Knowledge['marks']['echo'], text: string) => patterns.some((pattern) => pattern.test(text))
