import type { Diagnosis } from '#contract'
import type { LogSource } from './log-source'
import { plainLine } from './plain-line'
import { judge, nothingOwned, type OwnedFacts } from './rank'
import { createLogReader, type LogFacts } from './read-log'
import type { Knowledge } from './signatures'

/** What died, and of what; one pass in constant memory. `kernel`: what the kernel said meanwhile, read as the log's end. */
export async function diagnose(
  source: LogSource,
  knowledge: Knowledge,
  owned: OwnedFacts = nothingOwned,
  kernel = '',
): Promise<Diagnosis> {
  const reader = createLogReader(knowledge)
  for await (const chunk of source.chunks()) reader.feed(chunk)
  if (kernel !== '') reader.feed(Buffer.from(`\n${kernel}`))
  const facts = reader.end()
  const verdict = judge(facts, knowledge, owned)
  const needsExcerpt = verdict.status === 'crash' && verdict.root?.signature == null
  return { ...verdict, excerpt: needsExcerpt ? await excerptOf(source, facts) : null }
}

/** Bytes that are read for an excerpt, before and after the place. */
const [BEFORE, AFTER] = [6000, 3000]
const LINES = 60

/** For a report: the lines around the last error, or the end of the log. */
async function excerptOf(source: LogSource, { errors, bytes }: LogFacts): Promise<Diagnosis['excerpt']> {
  const last = errors.at(-1)
  const at = last === undefined ? bytes : last.evidence.offset
  const from = Math.max(0, at - BEFORE)
  const text = (await source.slice(from, at - from + AFTER)).toString('utf8')
  const lines = text.split(/\r?\n|\r/).map((line) => plainLine(line).text)
  // The first line may be half a line.
  const shown = lines.slice(from === 0 ? 0 : 1).filter((line) => line !== '')
  if (shown.length === 0) return null
  const line = last === undefined ? null : last.evidence.line
  return { line, text: shown.slice(-LINES).join('\n') }
}
